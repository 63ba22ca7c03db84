import { createWireServer, type Reply, type WireServer } from './wireServer.js'

const document = { id: 'answer', created: 0, model: 'any' }
const line = (fields: object): string =>
  `data: ${JSON.stringify({ ...document, object: 'chat.completion.chunk', ...fields })}\n\n`

export interface ChatReply {
  readonly text: string
  readonly inputTokens?: number
  readonly outputTokens?: number
  /** Why it ended; `stop` if absent. */
  readonly finish?: string
  readonly headers?: Readonly<Record<string, string>>
}

/** A whole answer as the Chat Completions API streams it. */
export function chatReply(given: ChatReply): Reply {
  const { text, inputTokens = 1, outputTokens = 1, finish = 'stop', headers = {} } = given
  const usage = {
    prompt_tokens: inputTokens,
    completion_tokens: outputTokens,
    total_tokens: inputTokens + outputTokens,
  }
  const body = [
    line({ choices: [{ index: 0, delta: { role: 'assistant', content: text }, finish_reason: null }] }),
    line({ choices: [{ index: 0, delta: {}, finish_reason: finish }] }),
    line({ choices: [], usage }),
    'data: [DONE]\n\n',
  ].join('')
  return { headers: { 'content-type': 'text/event-stream', ...headers }, body }
}

export interface ChatServer extends WireServer {
  /** How often a model was asked. */
  calls(): number
}

/** A real server of the Chat Completions API that offers these models. */
export async function createChatServer(ids: readonly string[], reply: () => Reply): Promise<ChatServer> {
  const server = await createWireServer()
  const list = JSON.stringify({
    object: 'list',
    data: ids.map((id) => ({ id, object: 'model', created: 0 })),
  })
  server.answer(({ method }) =>
    method === 'GET' ? { headers: { 'content-type': 'application/json' }, body: list } : reply(),
  )
  return Object.assign(server, {
    calls: () => server.requests.filter(({ method }) => method === 'POST').length,
  })
}

/** A real server of Ollama's API with one model that answers so. */
export async function createOllamaServer(text: string): Promise<WireServer> {
  const server = await createWireServer()
  const tag = {
    name: 'qwen-test:4b',
    model: 'qwen-test:4b',
    digest: 'a'.repeat(64),
    details: { family: 'qwen3', parameter_size: '4.0B', context_length: 40_960 },
    capabilities: ['completion', 'tools'],
  }
  const answer = { model: tag.model, message: { role: 'assistant', content: text }, done: true }
  const replies: Readonly<Record<string, object>> = {
    '/api/tags': { models: [tag] },
    '/api/ps': { models: [] },
    '/api/show': {},
    '/api/chat': { ...answer, done_reason: 'stop', prompt_eval_count: 9, eval_count: 3 },
  }
  server.answer(({ path }) => {
    const reply = replies[path]
    return reply === undefined ? undefined : { body: `${JSON.stringify(reply)}\n` }
  })
  return server
}
