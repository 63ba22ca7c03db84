import assert from 'node:assert/strict'
import * as vscode from 'vscode'
import type { RoundhouseApi } from '../../src/api.js'
import { loadApiExample } from './support/apiExample.js'
import { type ChatServer, createChatServer, jsonReply, listReply } from './support/chatServer.js'
import { restoreConnections, untilListed, within, writeConnections } from './support/connections.js'
import { ask, openConsumer } from './support/consumer.js'
import { readLedger, untilLedger } from './support/ledger.js'
import { createModelFolder, type ModelFolder } from './support/modelFiles.js'

const embedPath = '/v1/embeddings'
const consumerId = 'roundhouse-test.consumer'

/** Each text's vector is its length. */
function answerEmbeddings(server: ChatServer): void {
  server.answer(({ path, body }) => {
    if (path !== embedPath) return path === '/v1/models' ? listReply(['cheap', 'dear', 'embed']) : undefined
    const { input }: { input: readonly string[] } = JSON.parse(body)
    const data = input.map((text, index) => ({ index, embedding: [text.length, 1] }))
    return jsonReply({ data, usage: { prompt_tokens: input.length, total_tokens: input.length } })
  })
}

const tools = (price: number) => ({
  capabilities: { toolCalling: true },
  pricing: { input: price, output: price },
})
const isCode = (code: string) => (error: unknown) =>
  error instanceof Error && 'code' in error && error.code === code

/** Until the list of a connection is there: it has no model that chats, which VS Code could announce. */
async function untilOffered(api: RoundhouseApi, id: string): Promise<void> {
  const isThere = async () => (await api.models()).some((model) => model.id === id)
  let subscription: { dispose(): void } | undefined
  const there = new Promise<void>((resolve, reject) => {
    const look = () => void isThere().then((is) => is && resolve(), reject)
    subscription = api.onDidChangeModels(look)
    look()
  })
  await within(`the model ${id}`, there)
  subscription?.dispose()
}

describe('the API for other extensions', () => {
  let server: ChatServer
  let folder: ModelFolder
  let api: RoundhouseApi
  before(async () => {
    folder = await createModelFolder()
    api = await (await openConsumer()).openRoundhouse()
  })
  after(() => folder.remove())

  async function connectServer(): Promise<void> {
    const models = { cheap: tools(1), dear: tools(50), embed: { capabilities: { embedding: true } } }
    await writeConnections([server.connection('work', { models })])
    await untilListed('work')
  }

  /** Files that embed and rank, for llama.cpp inside the extension. */
  async function connectFiles(): Promise<void> {
    const files = [
      await folder.write('vectors.gguf', { kind: 'embedding' }),
      await folder.write('ranker.gguf', { kind: 'reranking' }),
    ]
    await writeConnections([{ id: 'disk', provider: 'llamacpp', files }])
    await untilOffered(api, 'disk/ranker')
  }

  beforeEach(async () => {
    server = await createChatServer()
    answerEmbeddings(server)
  })
  afterEach(() => server.close())
  restoreConnections()

  it('selects a cheap model that can do tools, by the id under which VS Code asks it', async () => {
    await connectServer()
    const { ranked, excluded } = await api.select({ capabilities: ['toolCalling'], weights: 'cost' })
    const first = ranked.find(({ model }) => model.connection === 'work')
    assert.equal(first?.model.id, 'work/cheap')
    assert.ok(first.reasons.length > 0)
    assert.equal(excluded.find(({ model }) => model.id === 'work/embed')?.code, 'not-for-chat')
    server.play({ list: ['cheap', 'dear', 'embed'], chat: 'All aboard.' })
    assert.equal((await ask(first.model.id, 'Hello')).text, 'All aboard.')
  })

  it('embeds with a server, gives the same again without asking, and writes both into the ledger', async () => {
    await connectServer()
    const texts = ['one', 'three', 'seventeen']
    const before = (await readLedger(consumerId)).length
    const asked = () => server.requests.filter(({ path }) => path === embedPath).length
    const first = await api.embed({ texts, model: 'work/embed' })
    assert.deepEqual(first.embeddings, [
      [3, 1],
      [5, 1],
      [9, 1],
    ])
    assert.deepEqual([first.cachedTexts, first.usage.inputTokens, asked()], [0, 3, 1])
    const second = await api.embed({ texts, model: 'work/embed' })
    assert.deepEqual([second.embeddings, second.cachedTexts, asked()], [first.embeddings, 3, 1])
    const written = await untilLedger(consumerId, ({ length }) => length >= before + 2)
    assert.deepEqual(written.slice(before), [
      'api embeddings work embed success 0',
      'api embeddings work embed success 1',
    ])
  })

  it('embeds and ranks with models inside the extension, where nothing may leave the machine', async () => {
    await connectFiles()
    const texts = ['the engine shed', 'a bowl of soup']
    const { model, embeddings } = await api.embed({ texts, requirements: { privacy: 'local' } })
    assert.equal(model, 'disk/vectors')
    assert.ok(embeddings.length === 2 && embeddings.every((vector) => vector.length === 64))
    assert.equal((await api.embed({ texts, model })).cachedTexts, 2)
    const ranking = await api.rerank({ query: 'engine', documents: texts })
    assert.equal(ranking.model, 'disk/ranker')
    assert.ok(ranking.scores.length === 2 && ranking.scores.every((score) => score >= 0 && score <= 1))
    const written = await untilLedger(consumerId, (attempts) => attempts.at(-1)?.includes('ranker') === true)
    assert.deepEqual(written.slice(-3), [
      'api embeddings disk vectors success 0',
      'api embeddings disk vectors success 1',
      'api reranking disk ranker success 0',
    ])
  })

  it('does what its page shows, word for word', async () => {
    await connectFiles()
    const example = await loadApiExample(folder.path)
    const opened = await example.openRoundhouse(vscode, (await openConsumer()).context)
    const lines: string[] = []
    await example.chooseModel(opened, (line) => void lines.push(line))
    assert.ok(lines.includes('not disk/vectors: not-for-chat'), lines.join('\n'))
    const texts = ['how to brake a train', 'a soup of beans', 'how to paint a door']
    const { best, model } = await example.findBest(opened, 'brake', texts)
    assert.deepEqual([texts.includes(best), model], [true, 'disk/vectors'])
  })

  it('rejects with a code and one sentence: another version, another extension, a model that chats, a signal', async () => {
    await connectServer()
    const exports = vscode.extensions.getExtension('roundhouse.roundhouse')?.exports
    await assert.rejects(exports.getApi(2, consumerId), isCode('invalid-request'))
    await assert.rejects(exports.getApi(1, 'nobody.nothing'), isCode('invalid-request'))
    await assert.rejects(api.embed({ texts: ['a'], model: 'auto' }), isCode('capability-unsupported'))
    await assert.rejects(api.embed({ texts: ['a'], model: 'work/gone' }), isCode('not-found'))
    await assert.rejects(
      api.embed({ texts: ['b'], model: 'work/embed' }, AbortSignal.abort()),
      isCode('cancelled'),
    )
  })
})
