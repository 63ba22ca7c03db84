import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import { ways } from '../../../../src/providers/mistral/ways.js'
import { mistral } from '../../../../src/providers/mistral.js'
import { createMemberReader, readFixture, streamReply } from '../../../fakes/providerCalls.js'
import { useWireServer } from '../../../fakes/wireServer.js'

const reply = streamReply('text/event-stream', readFixture('mistral/text.sse'))
const callIdOf = ways.wire?.callIdOf ?? ((id: string) => id)

describe('the call ids of Mistral', () => {
  it('have nine letters and digits whatever another maker’s look like, and are the same for the same call', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (id) => {
        assert.match(callIdOf(id), /^[a-zA-Z0-9]{9}$/)
        assert.equal(callIdOf(id), callIdOf(id))
      }),
    )
  })
  it('stay as they are where they are its own', () => assert.equal(callIdOf('D681PevKs'), 'D681PevKs'))
  it('do not meet among many calls of one conversation', () => {
    const ids = Array.from({ length: 10_000 }, (_, index) => callIdOf(`call_${index}`))
    assert.equal(new Set(ids).size, ids.length)
  })
})

describe('the effort of Mistral’s models', () => {
  const server = useWireServer()

  const memberOf = createMemberReader(mistral, server, reply)

  const thinks = { capabilities: { reasoning: true } }
  for (const [what, asked, sent] of [
    ['is not asked of a model that nobody says to think', { id: 'mistral-large' }, undefined],
    ['is not asked of a model that always thinks', { id: 'magistral-medium', facts: thinks }, undefined],
    ['is all or nothing', { id: 'mistral-small', facts: thinks }, 'high'],
    [
      'is what the catalogue knows',
      { id: 'magistral-medium', facts: { reasoningEfforts: ['low', 'medium'] } },
      'medium',
    ],
  ] as const) {
    it(what, async () => {
      const parameters = { reasoningEffort: 'medium' } as const
      assert.equal(await memberOf({ ...asked, parameters }, 'reasoning_effort'), sent)
    })
  }
})
