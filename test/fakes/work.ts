import { type ChatReply, chatReply, createChatServer } from './chatServer.js'
import { closeLater, type ExtensionOptions, type OpenExtension, openExtension } from './extension.js'
import type { RecordedRequest, Reply, WireServer } from './wireServer.js'

export interface WorkOptions extends ExtensionOptions {
  /** What every chat is answered; `Hello` where absent. */
  readonly reply?: () => Reply
  /** That chat; `small` where absent. */
  readonly models?: readonly string[]
  /** That embed. */
  readonly vectors?: readonly string[]
  /** Members of the connection’s entry, beside what every one has. */
  readonly connection?: Readonly<Record<string, unknown>>
}

export interface Work extends OpenExtension {
  readonly server: WireServer
  readonly connection: Readonly<Record<string, unknown>>
  /** Chats that the server was asked, the oldest first. */
  chats(): readonly RecordedRequest[]
  /** What every chat is answered from now on. */
  answerChats(reply: () => Reply): void
  /** How often the models were asked for. */
  lists(): number
}

export const hello = (more: Partial<ChatReply> = {}) => chatReply({ text: 'Hello', ...more })

/** A million tokens cost 1 USD on their way in and 10 on their way out. */
const pricing = { input: 1, output: 10 }

/** The extension with the connection `work` to a server of its own, whose model `small` has a price. */
export async function openWork(options: WorkOptions = {}): Promise<Work> {
  const { reply = hello, models = ['small'], vectors = [], settings = {}, ...rest } = options
  let answer = reply
  const server = await createChatServer([...models, ...vectors], () => answer())
  closeLater(() => server.close())
  const connection = {
    id: 'work',
    name: 'Work',
    provider: 'openai-compatible',
    baseUrl: `${server.origin}/v1`,
    location: 'cloud',
    models: Object.fromEntries([
      ...models.map((id) => [id, { pricing, maxOutputTokens: 1_000 }]),
      ...vectors.map((id) => [id, { capabilities: { embedding: true } }]),
    ]),
    ...options.connection,
  }
  const extension = await openExtension({
    ...rest,
    settings: { 'roundhouse.connections': [connection], ...settings },
  })
  await extension.untilListed(...models.map((id) => `work/${id}`))
  const method = (wanted: string) => server.requests.filter((request) => request.method === wanted)
  return {
    ...extension,
    server,
    connection,
    chats: () => method('POST'),
    answerChats: (next) => void (answer = next),
    lists: () => method('GET').length,
  }
}
