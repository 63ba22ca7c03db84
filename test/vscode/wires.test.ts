import assert from 'node:assert/strict'
import * as vscode from 'vscode'
import { formatModelRef } from '../../src/core/model.js'
import { markerMimeType } from '../../src/vscode/reasoningMarker.js'
import { type ChatFixture, type ChatName, isExempt, readFixtures } from '../contract/fixtures.js'
import { requestFor } from '../contract/requests.js'
import { untilListed, within, writeConnections } from './support/connections.js'
import { type Answer, ask, assertReadable, openConsumer, request } from './support/consumer.js'
import { readLog } from './support/log.js'
import { toHostRequest } from './support/messages.js'
import {
  answerChats,
  beginText,
  canaryKey,
  chatFixture,
  chatModels,
  connect,
  createWire,
  toReply,
  type Wire,
} from './support/wires.js'

interface Row {
  readonly provider: string
  /** Of the fixtures, where it is not the provider's own. */
  readonly folder?: string
  /** Of the model that the chats ask: VS Code words its prompts by it. */
  readonly family: string
}

/** What is not tried again; the contract tests have the others, without the waiting between tries. */
const refusals = ['unauthorized', 'forbidden', 'notFound', 'quota', 'contextLength'] as const

/** Every wire that Roundhouse speaks. */
const rows: readonly Row[] = [
  { provider: 'openai', family: 'gpt-5.4-mini' },
  { provider: 'openai', folder: 'openai-chat', family: 'gpt-5.4-mini' },
  { provider: 'openai-compatible', family: 'local-model' },
  { provider: 'anthropic', family: 'claude-test-4.8' },
  { provider: 'google', family: 'gemini-3.7-flash' },
  { provider: 'ollama', family: 'qwen-test' },
  { provider: 'groq', family: 'qwen3' },
  { provider: 'together', family: 'qwen3' },
  { provider: 'vllm', family: 'qwen3' },
  { provider: 'llama-server', family: 'qwen3' },
  { provider: 'huggingface', family: 'gpt-oss' },
  { provider: 'mistral', family: 'mistral-small' },
  { provider: 'deepseek', family: 'deepseek-v4-flash' },
  { provider: 'xai', family: 'grok-4.3' },
  { provider: 'openrouter', family: 'claude-sonnet-4.5' },
  { provider: 'fireworks', family: 'qwen3' },
  { provider: 'cerebras', family: 'gpt-oss' },
  { provider: 'azure-openai', family: 'our-reasoner' },
  { provider: 'lm-studio', family: 'qwen3' },
  { provider: 'litellm', family: 'team-gpt' },
  { provider: 'cohere', family: 'command-a' },
]

/** What another extension asks, and what must come of it. */
const scenarios = [
  ['text', 'streams a text whole, sends the system prompt as one, and ends with the usage'],
  ['parallelTools', 'offers tools, and hands the calls out with their ids and inputs'],
  ['toolResults', 'sends tool calls back with their results, an image among them'],
  ['image', 'sends an image'],
] as const

describe('the wires', () => {
  it('are asked here for every provider of the manifest that has a server', () => {
    const manifest: unknown = vscode.extensions.getExtension('roundhouse.roundhouse')?.packageJSON
    const setting = '/contributes/configuration/properties/roundhouse.connections'
    const providers = valueAt(manifest, `${setting}/items/properties/provider/enum`)
    assert.ok(Array.isArray(providers) && providers.length > 1)
    const asked = new Set(['llamacpp', ...rows.map(({ provider }) => provider)])
    assert.deepEqual(
      providers.filter((id) => !asked.has(id)),
      [],
    )
  })
})

for (const { provider, folder = provider, family } of rows) {
  describe(`vscode.lm over the wire of ${folder}`, () => {
    let wire: Wire
    let modelId: string

    before(async () => {
      wire = await createWire(provider, folder)
      modelId = formatModelRef(wire.model)
      await connect(wire)
    })
    after(async () => {
      await writeConnections(undefined)
      await wire.server.close()
    })
    afterEach(() => wire.server.clear())

    const play = async (name: Exclude<ChatName, 'reasoningReturn'>): Promise<Answer> => {
      answerChats(wire, toReply(folder, chatFixture(wire, name).reply))
      return request(modelId, toHostRequest(requestFor(name, wire.model)))
    }

    it('offers the chat models that the server lists', async () => {
      const models = await untilListed(folder)
      const listed = chatModels(wire)
      assert.deepEqual(
        models.map(({ id, name }) => ({ id, name })).toSorted(byId),
        listed.map(({ id, name = id }) => ({ id: `${folder}/${id}`, name })).toSorted(byId),
      )
      for (const { id, contextWindow = 32_768, maxInputTokens } of listed) {
        const limit = models.find((model) => model.id === `${folder}/${id}`)?.maxInputTokens ?? 0
        const isWithin = limit >= contextWindow / 2 && limit < contextWindow
        assert.ok(maxInputTokens === undefined ? isWithin : limit === maxInputTokens, `${id}: ${limit}`)
      }
      assert.equal(models.find((model) => model.id === modelId)?.family, family)
    })

    for (const [name, title] of scenarios) {
      it(title, async () => {
        assertAnswer(await play(name), chatFixture(wire, name))
        assertSent(wire, chatFixture(wire, name))
      })
    }

    if (!isExempt(readFixtures(folder)?.chats.reasoning ?? {})) {
      it('shows reasoning as such, and gives its state back unmodified on the next turn', async () => {
        const thought = await play('reasoning')
        assertAnswer(thought, chatFixture(wire, 'reasoning'))
        wire.server.clear()
        const next = chatFixture(wire, 'reasoningReturn')
        answerChats(wire, toReply(folder, next.reply))
        const { messages, options = {} } = toHostRequest(requestFor('toolResults', wire.model))
        assertAnswer(await request(modelId, { messages: withMarker(messages, thought), options }), next)
        assertSent(wire, next)
      })
    }

    it('closes the socket when the request is cancelled before the first byte', async () => {
      answerChats(wire, { silent: true })
      const source = new vscode.CancellationTokenSource()
      const asked = ask(modelId, 'Hello', { token: source.token })
      await within(
        'the chat has arrived',
        wire.server.received(({ path }) => isChat(wire, path)),
      )
      source.cancel()
      assert.equal((await asked).error?.name, 'Canceled')
      await within('the socket is closed', wire.server.idle())
    })

    it('closes the socket when the request is cancelled in mid-answer, and keeps what came', async () => {
      answerChats(wire, beginText(wire, [{ stall: true }]))
      const source = new vscode.CancellationTokenSource()
      const answer = await ask(modelId, 'Hello', { token: source.token, onPart: () => source.cancel() })
      assert.equal(answer.error?.name, 'Canceled')
      assert.match(answer.text, /^It is/)
      await within('the socket is closed', wire.server.idle())
    })

    it('gives nothing for a request that is cancelled already, and asks the server once at most', async () => {
      // VS Code tells of the cancellation in a message of its own, behind that of the request.
      answerChats(wire, { silent: true })
      const source = new vscode.CancellationTokenSource()
      source.cancel()
      const { error, parts } = await ask(modelId, 'Hello', { token: source.token })
      assert.equal(error?.name, 'Canceled')
      assert.deepEqual(parts, [])
      await within('the socket is closed', wire.server.idle())
      assert.ok(wire.server.requests.length <= 1, `${wire.server.requests.length} requests`)
    })

    it('says in one clear sentence what the server refuses, and keeps the key out of it and of the log', async () => {
      for (const name of refusals) {
        const fixture = wire.fixtures.errors[name]
        if (isExempt(fixture)) continue
        answerChats(wire, toReply(folder, fixture.reply))
        const { error, parts } = await ask(modelId, 'Hello')
        assertReadable(error)
        assert.ok(!error.message.includes(canaryKey), name)
        assert.deepEqual(parts, [], name)
      }
      assert.ok(!(await readLog()).includes(canaryKey), 'the key is in the log')
    })

    it('keeps what came of an answer that is cut, and says that it is not whole', async () => {
      const { promise: seen, resolve } = Promise.withResolvers<void>()
      answerChats(wire, beginText(wire, [{ until: seen }]))
      const answer = await ask(modelId, 'Hello', { onPart: () => resolve() })
      assert.match(answer.text, /^It is/)
      assertReadable(answer.error)
      assert.match(answer.error.message, /complete|broke|end/i)
    })

    it('counts tokens without asking the server', async () => {
      const model = await (await openConsumer()).find(modelId)
      const short = await model.countTokens('Hello')
      const long = await model.countTokens('Hello world, how are you today? '.repeat(100))
      const message = await model.countTokens(vscode.LanguageModelChatMessage.User('Hello'))
      assert.ok(short >= 1 && short <= 3, `${short} for one word`)
      assert.ok(long > 500 && long < 2000, `${long} for 700 words and marks`)
      assert.ok(message >= short, 'a message is no shorter than its text')
      assert.deepEqual(wire.server.requests, [])
    })
  })
}

function byId(a: { readonly id: string }, b: { readonly id: string }): number {
  return a.id < b.id ? -1 : 1
}

function isChat({ fixtures }: Wire, path: string): boolean {
  return path === fixtures.chatPath
}

/** Chat hands the marker back at the head of the assistant's message; the thinking itself is gone by then. */
function withMarker(
  messages: readonly vscode.LanguageModelChatMessage[],
  { parts }: Answer,
): vscode.LanguageModelChatMessage[] {
  const marker = parts
    .filter((part) => part instanceof vscode.LanguageModelDataPart)
    .find((part) => part.mimeType === markerMimeType)
  assert.ok(marker !== undefined, 'there is no state')
  return messages.map(({ role, content }) => {
    const isAnswer = role === vscode.LanguageModelChatMessageRole.Assistant
    return new vscode.LanguageModelChatMessage(role, isAnswer ? [marker, ...content] : content)
  })
}

function assertAnswer(answer: Answer, { expect }: ChatFixture): void {
  assert.equal(answer.error, undefined, answer.error?.message)
  assert.equal(answer.text, expect.text ?? '')
  assert.equal(answer.thinking, expect.reasoning ?? '')
  assert.deepEqual(answer.toolCalls, expect.toolCalls ?? [])
  const usage: unknown = JSON.parse(answer.data.get('usage') ?? 'null')
  const { inputTokens, outputTokens, cacheReadInputTokens } = expect.usage ?? {}
  const told: Record<string, unknown> = Object(usage)
  const input = Number(told['prompt_tokens'])
  assert.equal(told['total_tokens'], input + Number(told['completion_tokens']), JSON.stringify(usage))
  for (const [name, stated] of [
    ['prompt_tokens', inputTokens],
    ['completion_tokens', outputTokens],
  ] as const) {
    if (stated !== undefined) assert.equal(told[name], stated, name)
    // What the server does not state is estimated.
    else assert.ok(Number(told[name]) > 0, `${name} in ${JSON.stringify(usage)}`)
  }
  if (cacheReadInputTokens !== undefined)
    assert.deepEqual(told['prompt_tokens_details'], { cached_tokens: cacheReadInputTokens })
}

/** What the contract says is sent, as far as it passes through VS Code unchanged. */
function assertSent(wire: Wire, { sent = {}, absent = [] }: ChatFixture): void {
  const [chat, ...others] = wire.server.requests.filter(({ path }) => isChat(wire, path))
  assert.ok(chat !== undefined && others.length === 0, 'exactly one chat')
  const body: unknown = JSON.parse(chat.body)
  const expected = { ...sent, '/model': wire.model.id }
  for (const [pointer, value] of Object.entries(expected)) {
    // The limit follows from the model's list entry, which the contract's own model does not have.
    if (pointer !== '/max_tokens') assert.deepEqual(valueAt(body, pointer), withoutFailure(value), pointer)
  }
  for (const pointer of absent) assert.equal(valueAt(body, pointer), undefined, pointer)
  const { keyHeader } = wire.fixtures
  const bearers = Object.entries(chat.headers).filter(([, value]) => String(value).includes(canaryKey))
  assert.deepEqual(
    bearers.map(([name]) => name),
    keyHeader === undefined ? [] : [keyHeader],
  )
  assert.ok(!chat.body.includes(canaryKey))
}

/** VS Code's tool results do not say that a tool has failed. */
function withoutFailure(value: unknown): unknown {
  const text = JSON.stringify(value).replaceAll('"Error: no such city"', '"no such city"')
  return JSON.parse(text.replaceAll(/,"is_error":true|"is_error":true,/g, ''))
}

function valueAt(document: unknown, pointer: string): unknown {
  let current = document
  for (const step of pointer.split('/').slice(1)) {
    if (typeof current !== 'object' || current === null) return undefined
    current = Reflect.get(current, step)
  }
  return current
}
