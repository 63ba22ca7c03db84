import assert from 'node:assert/strict'
import { xai } from '../../../../src/providers/xai.js'
import {
  createCallContext,
  createMemberReader,
  jsonReply,
  readFixture,
  streamReply,
} from '../../../fakes/providerCalls.js'
import { useWireServer } from '../../../fakes/wireServer.js'

const reply = streamReply('text/event-stream', readFixture('llama-server/text.sse'))

describe('Grok', () => {
  const server = useWireServer()

  const memberOf = createMemberReader(xai, server, reply)

  for (const [id, wanted, sent] of [
    ['grok-3-mini', 'medium', 'high'],
    ['grok-4.3', 'none', 'none'],
    ['grok-4.5', 'none', 'low'],
    ['grok-4', 'high', undefined],
  ] as const) {
    it(`${id} is asked to think as ${sent ?? 'it will'} where ${wanted} is wanted`, async () => {
      const asked = { id, parameters: { reasoningEffort: wanted } }
      assert.equal(await memberOf(asked, 'reasoning_effort'), sent)
    })
  }

  for (const [id, isSent] of [
    ['grok-4.3', false],
    ['grok-3-mini', false],
    ['grok-3', true],
    ['grok-4-fast-non-reasoning', true],
  ] as const) {
    it(`${id} is ${isSent ? '' : 'not '}told where to stop`, async () => {
      assert.equal((await memberOf({ id, parameters: { stop: ['END'] } }, 'stop')) !== undefined, isSent)
    })
  }

  it('is listed by its ids alone to a key that may read no more', async () => {
    server.answer(({ path }) =>
      path === '/models'
        ? jsonReply({ data: [{ id: 'grok-4.3' }] })
        : jsonReply({ error: 'No permission.' }, 403),
    )
    assert.deepEqual(await xai.listModels(createCallContext(xai, server)), [{ id: 'grok-4.3' }])
  })
})
