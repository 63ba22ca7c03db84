import { createWireServer, type Reply, type WireServer } from '../../fakes/wireServer.js'
import { keyNeeded, type TestConnection } from './wires.js'

export const listPath = '/v1/models'
export const chatPath = '/v1/chat/completions'

export interface ChatServer extends WireServer {
  /** What it lists and how it chats from now on. */
  play(answers: Answers): void
  /** A connection to it. */
  connection(id: string, fields?: Readonly<Record<string, unknown>>): TestConnection
}

interface Answers {
  readonly list?: readonly string[] | Reply
  readonly chat?: string | Reply
  /** Whether it lists its models only to whoever has a key. */
  readonly needsKey?: boolean
}

/** A server that speaks Chat Completions and does what a test says. */
export async function createChatServer(): Promise<ChatServer> {
  const server = await createWireServer()
  return {
    ...server,
    play({ list = ['model'], chat = 'Hello.', needsKey = false }) {
      const listed = isReply(list) ? list : listReply(list)
      const said = typeof chat === 'string' ? chatReply(chat) : chat
      server.answer(({ path, headers }) => {
        if (path === chatPath) return said
        if (path !== listPath) return undefined
        return needsKey && headers['authorization'] === undefined ? keyNeeded : listed
      })
    },
    connection: (id, fields = {}) => ({
      id,
      name: `Test ${id}`,
      provider: 'openai-compatible',
      baseUrl: `${server.origin}/v1`,
      ...fields,
    }),
  }
}

function isReply(list: readonly string[] | Reply): list is Reply {
  return !Array.isArray(list)
}

export function jsonReply(body: unknown, status = 200): Reply {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
}

export function listReply(ids: readonly string[]): Reply {
  return jsonReply({ object: 'list', data: ids.map((id) => ({ id, object: 'model' })) })
}

function chatReply(text: string): Reply {
  const events = [chunk({ content: text }), chunk({}, 'stop'), '[DONE]']
  return {
    headers: { 'content-type': 'text/event-stream' },
    body: events.map((event) => `data: ${event}\n\n`).join(''),
  }
}

/** One event of a stream. */
export function chunk(delta: object, finish: string | null = null): string {
  const choices = [{ index: 0, delta, finish_reason: finish }]
  return JSON.stringify({ id: 'chat-1', object: 'chat.completion.chunk', model: 'model', choices })
}
