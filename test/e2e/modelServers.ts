// Local servers that speak a provider's wire, on top of the scripted server of the contract tests.
import {
  createWireServer,
  type RecordedRequest,
  type Reply,
  type Step,
  type WireServer,
} from '../fakes/wireServer.js'

/** One piece of an answer. */
type Piece =
  | { readonly text: string }
  | { readonly toolCall: { readonly id: string; readonly name: string; readonly input: object } }
  | Step

type Answer = (chat: RecordedRequest) => readonly Piece[]

export interface ModelServer {
  readonly wire: WireServer
  /** What a connection's `baseUrl` is. */
  readonly baseUrl: string
  /** Requests without this key are refused from now on; undefined lets everybody in. */
  setKey(key: string | undefined): void
  /** One entry of the list of models per element, as this wire has them. */
  setModels(models: readonly object[]): void
  /** Holds every list of models back until then. */
  holdList(until: Promise<unknown>): void
  /** Answers every chat from now on. */
  setAnswer(answer: Answer | readonly Piece[]): void
  /** The chats so far. */
  chats(): readonly RecordedRequest[]
  close(): Promise<void>
}

/** How a wire says it. */
interface Wire {
  readonly basePath: string
  readonly listPath: string
  readonly chatPath: string
  readonly contentType: string
  readonly list: (models: readonly object[]) => object
  readonly refusal: object
  readonly keyOf: (request: RecordedRequest) => unknown
  readonly write: (piece: Exclude<Piece, Step>) => string
  readonly end: (pieces: readonly Piece[]) => string
}

const bearer = (request: RecordedRequest) =>
  request.headers['authorization']?.toString().replace(/^Bearer /, '')

function event(delta: object, finishReason: string | null = null, more: object = {}): string {
  const chunk = { id: 'chat-1', choices: [{ index: 0, delta, finish_reason: finishReason }], ...more }
  return `data: ${JSON.stringify(chunk)}\n\n`
}

const openaiWire: Wire = {
  basePath: '/v1',
  listPath: '/v1/models',
  chatPath: '/v1/chat/completions',
  contentType: 'text/event-stream',
  list: (data) => ({ object: 'list', data }),
  refusal: { error: { message: 'Incorrect API key provided.', code: 'invalid_api_key' } },
  keyOf: bearer,
  write(piece) {
    if ('text' in piece) return event({ content: piece.text })
    const { id, name, input } = piece.toolCall
    const called = { name, arguments: JSON.stringify(input) }
    return event({ tool_calls: [{ index: 0, id, type: 'function', function: called }] })
  },
  end(pieces) {
    const usage = { prompt_tokens: 21, completion_tokens: 8, total_tokens: 29 }
    const reason = pieces.some((piece) => 'toolCall' in piece) ? 'tool_calls' : 'stop'
    return `${event({}, reason, { usage })}data: [DONE]\n\n`
  },
}

const ollamaWire: Wire = {
  basePath: '',
  listPath: '/api/tags',
  chatPath: '/api/chat',
  contentType: 'application/x-ndjson',
  list: (models) => ({ models }),
  refusal: { error: 'unauthorized' },
  keyOf: bearer,
  write: (piece) => {
    const content = 'text' in piece ? piece.text : ''
    const calls =
      'text' in piece
        ? {}
        : { tool_calls: [{ function: { name: piece.toolCall.name, arguments: piece.toolCall.input } }] }
    return `${JSON.stringify({ message: { role: 'assistant', content, ...calls }, done: false })}\n`
  },
  end: () =>
    `${JSON.stringify({ message: { role: 'assistant', content: '' }, done: true, done_reason: 'stop', prompt_eval_count: 21, eval_count: 8 })}\n`,
}

/** Lists only: for a connection that is looked at. */
const anthropicWire: Wire = {
  ...openaiWire,
  basePath: '',
  list: (data) => ({ data, has_more: false }),
  refusal: { type: 'error', error: { type: 'authentication_error', message: 'invalid x-api-key' } },
  keyOf: (request) => request.headers['x-api-key'],
}

async function createModelServer(wire: Wire): Promise<ModelServer> {
  const server = await createWireServer()
  let key: string | undefined
  let models: readonly object[] = []
  let listed: Promise<unknown> = Promise.resolve()
  let answer: Answer = () => [{ text: 'Yes.' }]
  const isChat = ({ path }: RecordedRequest) => path.split('?')[0] === wire.chatPath
  server.answer((request): Reply | undefined => {
    const json = { 'content-type': 'application/json' }
    if (key !== undefined && wire.keyOf(request) !== key) {
      return { status: 401, headers: json, body: JSON.stringify(wire.refusal) }
    }
    if (request.path.split('?')[0] === wire.listPath) {
      return { headers: json, body: [{ until: listed }, { write: JSON.stringify(wire.list(models)) }] }
    }
    if (!isChat(request)) return undefined
    const pieces = answer(request)
    const steps = pieces.map((piece) =>
      'text' in piece || 'toolCall' in piece ? { write: wire.write(piece) } : piece,
    )
    return { headers: { 'content-type': wire.contentType }, body: [...steps, { write: wire.end(pieces) }] }
  })
  return {
    wire: server,
    baseUrl: `${server.origin}${wire.basePath}`,
    setKey: (next) => void (key = next),
    setModels: (next) => void (models = next),
    holdList: (until) => void (listed = until),
    setAnswer: (next) => void (answer = typeof next === 'function' ? next : () => next),
    chats: () => server.requests.filter(isChat),
    close: () => server.close(),
  }
}

export const createOpenaiServer = () => createModelServer(openaiWire)
export const createOllamaServer = () => createModelServer(ollamaWire)
export const createAnthropicServer = () => createModelServer(anthropicWire)

export interface OllamaFacts {
  readonly context?: number
  readonly capabilities?: readonly string[]
  readonly parameters?: string
  readonly size?: number
}

/** An entry of Ollama's list. */
export function ollamaModel(name: string, facts: OllamaFacts = {}): object {
  const {
    context = 32_768,
    capabilities = ['completion', 'tools'],
    parameters = '8.0B',
    size = 4_661_224_676,
  } = facts
  const details = {
    format: 'gguf',
    family: /^[a-z]+/.exec(name)?.[0] ?? name,
    parameter_size: parameters,
    quantization_level: 'Q4_K_M',
    context_length: context,
  }
  return { name, model: name, size, digest: name.padEnd(64, '0'), details, capabilities }
}
