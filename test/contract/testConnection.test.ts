import assert from 'node:assert/strict'
import { isModelError } from '../../src/core/errors.js'
import { type ConnectionTest, testConnection } from '../../src/core/registry/testConnection.js'
import { type RecordedRequest, type Reply, useWireServer, type WireServer } from '../fakes/wireServer.js'
import { isExempt } from './fixtures.js'
import { canaryKey, contextFor, type Held, held, toReply } from './harness.js'

for (const candidate of held) {
  describe(`${candidate.name}: connection test`, () => {
    const server = useWireServer()

    it('lists the models, sees whether the list proves the key, and gets its token', async () => {
      server.answer((request) => answer(candidate, request))
      const result = await testConnection({ ...prepare(candidate, server), chat: 'always' })
      assert.equal(result.key, candidate.fixtures.keyHeader === undefined ? 'none' : 'proven')
      assert.ok(result.modelCount > 0 && result.latencyMs >= 0)
      assert.ok(result.chat !== undefined && result.chat.latencyMs >= 0)
      const bodies = chatBodies(candidate, server)
      assert.equal(bodies.length, 1)
      assert.match(bodies[0] ?? '', /"Hi"/)
      await server.idle()
    })

    it('believes no key that nobody asks for, and asks a cloud for no token without consent', async () => {
      if (candidate.fixtures.keyHeader === undefined) return
      server.answer((request) => answer(candidate, request, true))
      const mayChat = async (): Promise<boolean> => false
      const result = await testConnection({ ...prepare(candidate, server), mayChat })
      assert.equal(result.key, 'unproven')
      const isFree = candidate.provider.location === 'local'
      assert.equal(result.chat !== undefined, isFree)
      assert.equal(chatBodies(candidate, server).length, isFree ? 1 : 0)
    })

    it('names a wrong key as one, and asks for no token with it', async () => {
      const refused = candidate.fixtures.errors.unauthorized
      if (isExempt(refused)) return
      server.answer(() => toReply(candidate, refused.reply))
      const failed = testConnection({ ...prepare(candidate, server), chat: 'always' })
      await assert.rejects(failed, (error) => isModelError(error) && error.code === 'unauthorized')
      assert.equal(chatBodies(candidate, server).length, 0)
    })
  })
}

/** The fixtures' list, only with the key, and the answer to `text`. */
function answer(candidate: Held, request: RecordedRequest, isPublic = false): Reply | undefined {
  const { chats, errors, keyHeader, list } = candidate.fixtures
  const hasKey = keyHeader !== undefined && String(request.headers[keyHeader]).includes(canaryKey)
  if (keyHeader !== undefined && !hasKey && !isPublic) {
    return isExempt(errors.unauthorized) ? { status: 401 } : toReply(candidate, errors.unauthorized.reply)
  }
  const reply = list.replies[request.path]
  if (reply !== undefined) return toReply(candidate, reply)
  // Some put the model into the path.
  const isChat = request.method === 'POST' && !isExempt(chats.text)
  return isChat ? toReply(candidate, chats.text.reply) : undefined
}

function chatBodies(candidate: Held, server: WireServer): readonly string[] {
  const { list } = candidate.fixtures
  return server.requests
    .filter(({ method, path }) => method === 'POST' && list.replies[path] === undefined)
    .map(({ body }) => body)
}

function prepare(candidate: Held, server: WireServer): ConnectionTest {
  const { connection, key, signal, ...ports } = contextFor(candidate, server)
  return { connection, key, signal, ports, provider: candidate.provider, mayChat: async () => true }
}
