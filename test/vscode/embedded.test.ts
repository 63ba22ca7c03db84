import assert from 'node:assert/strict'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import * as vscode from 'vscode'
import type { TinyGgufOptions } from '../../scripts/tiny-gguf.d.mts'
import { restoreConnections, untilListed, writeConnections } from './support/connections.js'
import { ask, assertReadable } from './support/consumer.js'
import { untilLogged } from './support/log.js'
import { createModelFolder, type ModelFolder, readWelcome } from './support/modelFiles.js'
import { engineProcesses } from './support/processes.js'

const welcome = 'llamacpp/welcome'
const reply = 'Steam whistles twice and number nine rolls out into daylight.'

const script: TinyGgufOptions = { kind: 'script', reply }

/** What can be wrong with a file. */
const damages: readonly (readonly [string, (bytes: Buffer) => Buffer, TinyGgufOptions?])[] = [
  ['cut', (bytes) => bytes.subarray(0, bytes.length / 2)],
  ['header', (bytes) => bytes.fill(0xff, 24, 60)],
  ['page', () => Buffer.from('<!doctype html><title>Not found</title>')],
  ['empty', () => Buffer.alloc(0)],
  // llama.cpp ends its process over this one.
  ['aborts', (bytes) => bytes, { kind: 'random', drop: ['llama.feed_forward_length'] }],
]

describe('the embedded model, through vscode.lm', () => {
  let folder: ModelFolder
  let welcomeReply: string
  before(async () => {
    folder = await createModelFolder()
    welcomeReply = await readWelcome()
  })
  after(() => folder.remove())
  restoreConnections()

  it('is there in a fresh profile and says its welcome word for word, with exact usage', async () => {
    await untilListed('llamacpp')
    const answer = await ask(welcome, 'Hello')
    assert.equal(answer.error, undefined, answer.error?.message)
    assert.equal(answer.text, welcomeReply)
    const usage: Record<string, unknown> = JSON.parse(answer.data.get('usage') ?? '{}')
    assert.ok(Number(usage['completion_tokens']) > 20)
    assert.equal(usage['total_tokens'], Number(usage['prompt_tokens']) + Number(usage['completion_tokens']))
  })

  it('has room for what VS Code’s Chat sends before the question', async () => {
    const [model] = await untilListed('llamacpp')
    assert.equal(model?.name, 'Roundhouse Welcome')
    assert.ok(model.maxInputTokens > 100_000, `${model.maxInputTokens} tokens`)
    const instructions = 'You are an expert programming assistant. '.repeat(400)
    const answer = await ask(welcome, `${instructions}\nHello`)
    assert.equal(answer.text, welcomeReply, answer.error?.message)
  })

  it('runs a GGUF file from disk under the name that the file states', async () => {
    const file = await folder.write('said.gguf', { kind: 'script', reply, name: 'Night Train' })
    await writeConnections([{ id: 'disk', provider: 'llamacpp', files: [file] }])
    const [model] = await untilListed('disk')
    assert.equal(model?.name, 'Night Train')
    assert.equal((await ask('disk/said', 'Hello')).text, reply)
  })

  it('hands out a tool call that the model makes', async () => {
    const call = ['||call: ', 'get_weather', '(', '{"', 'city', '": ', '"Oslo', '"', '}', ')']
    const file = await folder.write('calls.gguf', { kind: 'script', reply: call })
    await writeConnections([{ id: 'disk', provider: 'llamacpp', files: [file] }])
    await untilListed('disk')
    const inputSchema = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] }
    const tools = [{ name: 'get_weather', description: 'The weather of a city.', inputSchema }]
    const { toolCalls, error } = await ask('disk/calls', 'Oslo?', { options: { tools } })
    assert.equal(error, undefined, error?.message)
    assert.deepEqual(
      toolCalls.map(({ name, input }) => ({ name, input })),
      [{ name: 'get_weather', input: { city: 'Oslo' } }],
    )
    assert.ok(toolCalls[0]?.callId)
  })

  it('stops generating when the request is cancelled, and then serves the next one', async () => {
    const file = await folder.write('endless.gguf', {
      kind: 'script',
      reply: 'Round and round, ',
      loop: true,
    })
    await writeConnections([{ id: 'disk', provider: 'llamacpp', files: [file] }])
    await untilListed('disk')
    const source = new vscode.CancellationTokenSource()
    const cut = await ask('disk/endless', 'Hello', { token: source.token, onPart: () => source.cancel() })
    assert.equal(cut.error?.name, 'Canceled')
    // How much had come by then is the machine's affair; that it is not endless is shown by the next request.
    assert.match(cut.text, /^Round/)
    const next = await ask('disk/endless', 'Hello', { options: { modelOptions: { max_tokens: 4 } } })
    assert.equal(next.error, undefined)
    assert.match(next.text, /^Round and round/)
  })

  it('runs in one process of its own, whichever file is asked', async () => {
    const file = await folder.write('second.gguf', script)
    await writeConnections([
      { id: 'llamacpp', provider: 'llamacpp', files: ['${builtin}/welcome.gguf'] },
      { id: 'disk', provider: 'llamacpp', files: [file] },
    ])
    await Promise.all([untilListed('disk'), untilListed('llamacpp')])
    await Promise.all([ask(welcome, 'Hello'), ask('disk/second', 'Hello')])
    assert.equal((await engineProcesses()).length, 1)
  })

  for (const [name, damage, options = script] of damages) {
    it(`survives a damaged file (${name}), names it, and answers with the next model`, async () => {
      const file = await folder.write(`${name}.gguf`, options, damage)
      // Described by hand, the model is offered although its file cannot be read.
      await writeConnections([
        { id: 'damaged', provider: 'llamacpp', files: [file], models: { [name]: {} } },
        { id: 'llamacpp', provider: 'llamacpp', files: ['${builtin}/welcome.gguf'] },
      ])
      await Promise.all([untilListed('damaged'), untilListed('llamacpp')])
      const { error } = await ask(`damaged/${name}`, 'Hello')
      assertReadable(error)
      assert.ok(error.message.includes(file), error.message)
      assert.equal((await ask(welcome, 'Hello')).text, welcomeReply)
    })
  }

  it('lists the other files of a connection when one is damaged, and names that one in the log', async () => {
    const good = await folder.write('good.gguf', script)
    const bad = await folder.write('bad.gguf', script, () => Buffer.from('not a model'))
    await writeConnections([{ id: 'mixed', provider: 'llamacpp', files: [bad, good] }])
    const models = await untilListed('mixed')
    assert.deepEqual(
      models.map((model) => model.id),
      ['mixed/good'],
    )
    assert.equal((await ask('mixed/good', 'Hello')).text, reply)
    await untilLogged(/bad\.gguf is not a GGUF file/)
  })

  it('names a file that is gone', async () => {
    const file = await folder.write('gone.gguf', script)
    await writeConnections([{ id: 'gone', provider: 'llamacpp', files: [file] }])
    await untilListed('gone')
    await rm(join(folder.path, 'gone.gguf'))
    const { error } = await ask('gone/gone', 'Hello')
    assertReadable(error)
    assert.ok(error.message.includes(file), error.message)
  })
})
