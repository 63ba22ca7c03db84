import assert from 'node:assert/strict'
import type { ProviderContext } from '../../src/core/provider.js'
import { createLocalFetch, type LocalFetch } from '../../src/platform/localFetch.js'
import { type ClosingServer, createClosingServer, type SocketRequest } from '../fakes/closingServer.js'
import { bodyOf, isExempt, type ReplyFixture } from './fixtures.js'
import { contextFor, folderOf, type Held, held, read } from './harness.js'
import { modelOf, requestFor } from './requests.js'

const asked = 20

const refuse = (): Promise<Response> => Promise.reject(new Error('Not the way to this machine.'))

for (const candidate of held.filter(({ provider }) => provider.location === 'local')) {
  describe(`${candidate.name}: a server that closes the connection behind every answer`, () => {
    let server: ClosingServer
    let local: LocalFetch
    before(async () => {
      server = await createClosingServer((request) => answer(candidate, request))
      local = createLocalFetch()
    })
    after(async () => {
      local.dispose()
      await server.close()
    })

    for (const [what, ask] of doorsOf(candidate)) {
      it(`fails none of ${asked} ${what}`, async () => {
        for (let count = 0; count < asked; count++)
          await ask(contextFor(candidate, server, { fetch: refuse, localFetch: local.fetch }))
        assert.ok(server.requests.length >= asked)
      })
    }
  })
}

type Ask = (context: ProviderContext) => Promise<unknown>

function doorsOf({ provider, fixtures }: Held): readonly (readonly [string, Ask])[] {
  const model = modelOf(fixtures, provider)
  const chat: Ask = async (context) => {
    const { error } = await read(provider.chat(requestFor('text', model), context))
    assert.equal(error, undefined)
  }
  const list: Ask = async (context) => await provider.listModels(context)
  const count: Ask = async (context) =>
    await provider.countTokens?.(requestFor('parallelTools', model), context)
  const embed: Ask = async (context) => await provider.embed?.({ model, inputs: ['a', 'b', 'c'] }, context)
  const { countTokens, embeddings } = fixtures
  const embeds = 'embed' in provider && embeddings !== undefined && !isExempt(embeddings)
  return [
    ['chats', chat],
    ['lists of models', list],
    ...('countTokens' in provider && countTokens !== undefined ? [['token counts', count] as const] : []),
    ...(embeds ? [['embeddings', embed] as const] : []),
  ]
}

/** Every second request of a connection finds it closed; the others are answered whole, with a promise to keep it. */
function answer(candidate: Held, { head, socket, turn }: SocketRequest): void {
  const reply = replyTo(candidate, head.split(' ')[1] ?? '')
  if (turn > 0 || reply === undefined) {
    socket.destroy()
    return
  }
  const body = Buffer.from(bodyOf(folderOf(candidate), reply))
  const type = reply.type ?? 'application/json'
  socket.write(
    `HTTP/1.1 ${reply.status ?? 200} OK\r\nContent-Type: ${type}\r\nContent-Length: ${body.length}\r\nKeep-Alive: timeout=5\r\n\r\n`,
  )
  socket.write(body)
}

function replyTo({ fixtures }: Held, path: string): ReplyFixture | undefined {
  const { chats, chatPath, embeddings } = fixtures
  if (path === chatPath && !isExempt(chats.text)) return chats.text.reply
  if (embeddings !== undefined && !isExempt(embeddings) && path === embeddings.path) return embeddings.reply
  return fixtures.list.replies[path] ?? fixtures.countTokens?.replies[path]
}
