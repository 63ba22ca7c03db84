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

describe('the embedded llama.cpp provider', () => {
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
          capabilities: { toolCalling: true, imageInput: false, structuredOutput: true, embedding: false },
        },
        {
          id: 'vectors',
          name: 'Vectors',
          contextWindow: 512,
          capabilities: { toolCalling: false, imageInput: false, structuredOutput: false, embedding: true },
        },
      ],
    )
  })

  it('marks what came with the extension as answering by its own name only, whatever the file is called', async () => {
    const builtin = '${builtin}/hello.gguf'
    for (const fields of [{ files: [hello, builtin] }, { files: [hello, builtin], contextSize: 1_024 }]) {
      const models = await llamacpp.listModels(contextWith(fields))
      assert.deepEqual(
        models.map(({ byNameOnly }) => byNameOnly),
        [undefined, true],
      )
    }
  })

  it('counts tokens by the model’s own tokenizer, and more of them for a longer conversation', async () => {
    const count = async (...texts: string[]) =>
      await llamacpp.countTokens?.(
        {
          model: createModel(llamacpp, 'hello'),
          messages: texts.map((text) => ({ role: 'user', content: [{ type: 'text', text }] })),
        },
        contextWith({ files: [hello] }),
      )
    const one = (await count('Hello there.')) ?? 0
    assert.ok(one > 4, `${one} tokens`)
    assert.ok(((await count('Hello there.', 'Hello there.')) ?? 0) > one)
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

  it('counts texts by a model’s own tokenizer while it is in memory, and by none before', async () => {
    const file = await folder.write('counted.gguf', { kind: 'script', reply: 'Counted.' })
    const context = contextWith({ files: [file] })
    const texts = ['Counted.', '§§§']
    const count = async (modelId: string) => await llamacpp.countLoaded?.({ modelId, texts }, context)
    assert.equal(await count('counted'), undefined)
    const messages = [{ role: 'user', content: [{ type: 'text', text: 'Hi' }] }] as const
    await collect(llamacpp.chat({ model: createModel(llamacpp, 'counted'), messages }, context))
    const counts = await count('counted')
    const own: number[] = []
    for (const text of texts) own.push(await engine.countTokens(file, text, context.signal))
    assert.deepEqual(counts, own)
    assert.equal(await count('removed'), undefined)
  })

  it('embeds texts in any number, and counts their tokens exactly', async () => {
    const vectors = await folder.write('many.gguf', { kind: 'embedding' })
    const context = contextWith({ files: [vectors], threads: 1, idleMinutes: 1 })
    const model = createModel(llamacpp, 'many')
    const inputs = Array.from({ length: 300 }, (_, index) => `the house ${index}`)
    const result = await llamacpp.embed?.({ model, inputs }, context)
    assert.equal(result?.embeddings.length, 300)
    assert.equal(result?.usage.accuracy, 'exact')
    assert.ok(result.usage.inputTokens > 4 * 300)
  })

  it('says of which length its embeddings are where another is asked for', async () => {
    const vectors = await folder.write('fixed.gguf', { kind: 'embedding' })
    const request = { model: createModel(llamacpp, 'fixed'), inputs: ['a house'], dimensions: 1024 }
    const error = await failure(
      llamacpp.embed?.(request, contextWith({ files: [vectors] })) ?? Promise.resolve(),
    )
    assert.equal(error.code, 'capability-unsupported')
    assert.match(error.message, /64 numbers/)
  })

  it('ranks documents by a query, and names the model that cannot', async () => {
    const ranker = await folder.write('ranker.gguf', { kind: 'reranking' })
    const context = contextWith({ files: [ranker, hello] })
    const asked = { query: 'train', documents: ['trains run on rails', 'water is wet'] }
    const ranked = await llamacpp.rerank?.({ model: createModel(llamacpp, 'ranker'), ...asked }, context)
    assert.equal(ranked?.scores.length, 2)
    assert.ok(ranked.usage.inputTokens > 0)
    const error = await failure(
      llamacpp.rerank?.({ model: createModel(llamacpp, 'hello'), ...asked }, context) ?? Promise.resolve(),
    )
    assert.equal(error.code, 'capability-unsupported')
    assert.deepEqual(error.model, { connection: 'work', id: 'hello' })
  })

  it('answers with more tokens than its list states where a request asks for them', async () => {
    const file = await folder.write('long.gguf', {
      kind: 'script',
      reply: 'on and ',
      loop: true,
      context: 600,
    })
    const model = createModel(llamacpp, 'long', { maxOutputTokens: 150 })
    const request = {
      model,
      messages: [{ role: 'user', content: [{ type: 'text', text: 'Go' }] }],
      parameters: { maxOutputTokens: 200 },
    } as const
    const parts = await collect(llamacpp.chat(request, contextWith({ files: [file] })))
    const usage = parts.find((part) => part.type === 'usage')
    assert.equal(usage?.usage.outputTokens, 200)
  })
})
