import assert from 'node:assert/strict'
import { mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { EmbeddedEngine } from '../../../src/core/ports.js'
import type { FieldValue, ProviderContext } from '../../../src/core/provider.js'
import { llamacpp } from '../../../src/providers/llamacpp.js'
import { createMemoryLog } from '../../fakes/memoryStores.js'
import { createModel } from '../../fakes/providerCalls.js'
import { createProviderContext } from '../../fakes/providerContext.js'
import {
  collect,
  createModelFolder,
  createTestEngine,
  failure,
  type ModelFolder,
  textOf,
} from '../platform/llama/support.js'

describe('the embedded llama.cpp provider', function () {
  this.timeout(30_000)
  let folder: ModelFolder
  let engine: EmbeddedEngine
  let hello: string
  const log = createMemoryLog()

  const contextWith = (fields: Readonly<Record<string, FieldValue>>): ProviderContext => ({
    ...createProviderContext({ provider: 'llamacpp', fields, log }),
    engine,
  })

  before(async () => {
    folder = await createModelFolder()
    engine = createTestEngine({ builtinFolder: folder.path })
    hello = await folder.write('hello.gguf', {
      kind: 'script',
      reply: 'Hello there.',
      name: 'Greeter',
      context: 8192,
    })
  })
  after(async () => {
    engine.dispose()
    await folder.remove()
  })

  it('lists each file as a model, by its file name and with the facts it states', async () => {
    const vectors = await folder.write('vectors.GGUF', { kind: 'embedding', name: 'Vectors' })
    const models = await llamacpp.listModels(contextWith({ files: [hello, vectors] }))
    assert.deepEqual(
      models.map(({ id, name, contextWindow, capabilities }) => ({ id, name, contextWindow, capabilities })),
      [
        {
          id: 'hello',
          name: 'Greeter',
          contextWindow: 8192,
          capabilities: { toolCalling: true, imageInput: false, embedding: false },
        },
        {
          id: 'vectors',
          name: 'Vectors',
          contextWindow: 512,
          capabilities: { toolCalling: false, imageInput: false, embedding: true },
        },
      ],
    )
  })

  it('lists the others when a file is broken, and names the broken one in the log', async () => {
    const broken = await folder.writeBytes(
      'broken.gguf',
      Buffer.from('not a model at all, though long enough'),
    )
    const models = await llamacpp.listModels(contextWith({ files: [broken, hello, '/nowhere/gone.gguf'] }))
    assert.deepEqual(
      models.map(({ id }) => id),
      ['hello'],
    )
    const warnings = log.lines.join('\n')
    assert.match(warnings, /broken\.gguf is not a GGUF file/)
    assert.match(warnings, /no file \/nowhere\/gone\.gguf/)
  })

  it('fails with the file’s name when none of its files can be used', async () => {
    const error = await failure(llamacpp.listModels(contextWith({ files: ['/nowhere/gone.gguf'] })))
    assert.equal(error.code, 'not-found')
    assert.equal(error.provider, 'llamacpp')
    assert.match(error.message, /gone\.gguf/)
  })

  it('lists nothing for a connection without files', async () => {
    assert.deepEqual(await llamacpp.listModels(contextWith({})), [])
  })

  it('tells files of the same name apart, by id and by name', async () => {
    const other = join(folder.path, 'other', 'hello.gguf')
    await mkdir(dirname(other))
    await folder.write('other/hello.gguf', { kind: 'script', reply: 'Hi.', name: 'Greeter' })
    const models = await llamacpp.listModels(contextWith({ files: [hello, other] }))
    assert.deepEqual(
      models.map(({ id, name }) => [id, name]),
      [
        ['hello', 'Greeter (hello)'],
        ['hello-2', 'Greeter (hello-2)'],
      ],
    )
    const request = { model: createModel(llamacpp, 'hello-2'), messages: [] }
    const parts = await collect(llamacpp.chat(request, contextWith({ files: [hello, other] })))
    assert.equal(textOf(parts), 'Hi.')
  })

  it('names a model in several files by their common name', async () => {
    await folder.write('big-00001-of-00001.gguf', { kind: 'script', reply: 'Hi.' })
    const [model] = await llamacpp.listModels(contextWith({ files: ['${builtin}/big-00001-of-00001.gguf'] }))
    assert.equal(model?.id, 'big')
  })

  it('takes the connection’s context size for the model’s, and keeps to it', async () => {
    const context = contextWith({ files: [hello], contextSize: 600 })
    const [model] = await llamacpp.listModels(context)
    assert.deepEqual([model?.contextWindow, model?.maxOutputTokens], [600, 150])
    const request = {
      model: createModel(llamacpp, 'hello'),
      messages: [{ role: 'user', content: [{ type: 'text', text: 'word '.repeat(1000) }] }],
    } as const
    const error = await failure(collect(llamacpp.chat(request, context)))
    assert.equal(error.code, 'context-length')
    assert.match(error.message, /takes 600/)
    assert.deepEqual(error.model, { connection: 'work', id: 'hello' })
  })

  it('answers, from the system’s text to the end', async () => {
    const request = {
      model: createModel(llamacpp, 'hello'),
      messages: [
        { role: 'system', content: [{ type: 'text', text: 'Be kind.' }] },
        { role: 'user', content: [{ type: 'text', text: 'Hello?' }] },
      ],
    } as const
    const parts = await collect(llamacpp.chat(request, contextWith({ files: [hello], threads: 1 })))
    assert.equal(textOf(parts), 'Hello there.')
    assert.deepEqual(
      parts.slice(-2).map(({ type }) => type),
      ['usage', 'finish'],
    )
  })

  it('says what to do about a model whose file was taken out of the connection', async () => {
    const request = { model: createModel(llamacpp, 'removed'), messages: [] }
    const error = await failure(collect(llamacpp.chat(request, contextWith({ files: [hello] }))))
    assert.equal(error.code, 'not-found')
    assert.match(error.message, /removed\.gguf.*add the file again/)
  })
})
