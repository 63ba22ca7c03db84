import assert from 'node:assert/strict'
import type { ListedModel, ModelInfo } from '../../../src/core/model.js'
import {
  bodyOf,
  type ChatFixture,
  type ChatName,
  type Fixtures,
  isExempt,
  type ReplyFixture,
  readFixtures,
} from '../../contract/fixtures.js'
import { modelOf } from '../../contract/requests.js'
import { createWireServer, type Reply, type Step, type WireServer } from '../../fakes/wireServer.js'
import { modelsOf, untilModels, writeConnections } from './connections.js'
import { enterKey } from './keyboard.js'

/** Shown nowhere but in the header that carries it. */
export const canaryKey = 'sk-canary-5b8e2d9f1c7a4036'

/** An entry of the setting `roundhouse.connections`. */
export interface TestConnection {
  readonly id: string
  readonly name: string
  readonly provider: string
  readonly baseUrl: string
  readonly [field: string]: unknown
}

/** A provider with a server of its own, as the fixtures of the contract tests describe it. */
export interface Wire {
  /** Of the provider; of the connection, too. */
  readonly id: string
  /** Of the fixtures. */
  readonly folder: string
  readonly fixtures: Fixtures
  /** The model that the chats ask, as the server knows it. */
  readonly model: ModelInfo
  readonly server: WireServer
  readonly connection: TestConnection
}

const locals = new Set(['ollama', 'vllm', 'llama-server', 'lm-studio'])

export async function createWire(id: string, folder = id): Promise<Wire> {
  const fixtures = readFixtures(folder)
  assert.ok(fixtures !== undefined, `${folder} has no fixtures`)
  const server = await createWireServer()
  const { basePath, capabilities = {}, fields, list } = fixtures
  const listed = list.models.find((model) => model.id === fixtures.model) ?? list.models[0]
  assert.ok(listed !== undefined, `${folder} lists no model`)
  const provider = { id, location: locals.has(id) ? 'local' : 'cloud' } as const
  return {
    id,
    folder,
    fixtures,
    server,
    model: {
      ...modelOf(fixtures, provider),
      connection: folder,
      id: listed.id,
      name: listed.name ?? listed.id,
    },
    connection: {
      id: folder,
      name: `Test of ${folder}`,
      provider: id,
      baseUrl: server.origin + basePath,
      ...fields,
      // A list says little of what a model can do; the user may.
      models: { [listed.id]: { capabilities: { ...capabilities, imageInput: true } } },
    },
  }
}

/** What the server lists that can chat. */
export function chatModels({ fixtures }: Wire): readonly ListedModel[] {
  return fixtures.list.models.filter(
    ({ capabilities }) => capabilities?.embedding !== true && capabilities?.reranking !== true,
  )
}

/** Configures the wire's connection, gives it the canary as its key where it takes one, and waits for its models. */
export async function connect(wire: Wire): Promise<void> {
  answerChats(wire, { status: 500 })
  const { id } = wire.connection
  await writeConnections([wire.connection])
  await untilModels('no other models', (all) => all.length === modelsOf(all, id).length)
  if (wire.fixtures.keyHeader !== undefined) await enterKey(wire.connection, canaryKey)
  await untilModels(`models of ${id}`, (all) => all.length === chatModels(wire).length)
  wire.server.clear()
}

/** The server lists its models to whoever has the key, and answers every chat with that. */
export function answerChats({ fixtures, folder, server }: Wire, reply: Reply): void {
  const { chatPath, keyHeader, list } = fixtures
  server.answer(({ method, path, headers }) => {
    if (method === 'POST' && path === chatPath) return reply
    const listed = list.replies[path]
    if (listed === undefined) return undefined
    const isAllowed = keyHeader === undefined || headers[keyHeader] !== undefined
    return isAllowed ? toReply(folder, listed) : keyNeeded
  })
}

/** To a request without a key. */
export const keyNeeded: Reply = {
  status: 401,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ error: { message: 'No key was given.', type: 'invalid_request_error' } }),
}

export function toReply(folder: string, reply: ReplyFixture): Reply {
  return {
    status: reply.status ?? 200,
    headers: { 'content-type': reply.type ?? 'application/json', ...reply.headers },
    body: bodyOf(folder, reply),
  }
}

export function chatFixture({ fixtures, folder }: Wire, name: ChatName): ChatFixture {
  const fixture = fixtures.chats[name]
  assert.ok(!isExempt(fixture), `${folder} has no ${name}`)
  return fixture
}

/** The text fixture's answer until its first word is out, and then what `steps` say. */
export function beginText(wire: Wire, steps: readonly Step[]): Reply {
  const { reply } = chatFixture(wire, 'text')
  const bytes = bodyOf(wire.folder, reply)
  const text = new TextDecoder('latin1').decode(bytes)
  const event = text.indexOf('\n\n', text.search(/It is/))
  const end = event === -1 ? text.indexOf('\n', text.search(/It is/)) + 1 : event + 2
  return { ...toReply(wire.folder, reply), body: [{ write: bytes.subarray(0, end) }, ...steps] }
}
