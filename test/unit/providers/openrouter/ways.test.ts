import assert from 'node:assert/strict'
import { openrouter } from '../../../../src/providers/openrouter.js'
import {
  createCallContext,
  createMemberReader,
  jsonReply,
  readFixture,
  streamReply,
} from '../../../fakes/providerCalls.js'
import { useWireServer } from '../../../fakes/wireServer.js'

const reply = streamReply('text/event-stream', readFixture('openrouter/text.sse'))

describe('OpenRouter', () => {
  const server = useWireServer()

  const memberOf = createMemberReader(openrouter, server, reply)

  for (const [what, efforts, wanted, sent] of [
    ['in its own words', undefined, 'max', { effort: 'xhigh' }],
    ['as far as the model goes', ['low', 'medium'], 'high', { effort: 'medium' }],
    ['not where nothing is wanted', undefined, undefined, undefined],
  ] as const) {
    it(`asks for reasoning ${what}`, async () => {
      const asked = {
        id: 'maker/model',
        ...(efforts === undefined ? {} : { facts: { reasoningEfforts: efforts } }),
        ...(wanted === undefined ? {} : { parameters: { reasoningEffort: wanted } }),
      }
      assert.deepEqual(await memberOf(asked, 'reasoning'), sent)
      assert.equal(await memberOf(asked, 'reasoning_effort'), undefined)
    })
  }

  it('lists what makes text, and says which efforts a model that must think takes', async () => {
    const makes = (...output: string[]) => ({ architecture: { output_modalities: output } })
    server.answer(
      jsonReply({
        data: [
          { id: 'a/painter', ...makes('image') },
          { id: 'a/writer', ...makes('text', 'image') },
          { id: 'a/thinker', reasoning: { mandatory: true, supported_efforts: ['none', 'low', 'high'] } },
          { id: 'a/free', reasoning: { mandatory: false } },
        ],
      }),
    )
    const models = await openrouter.listModels(createCallContext(openrouter, server))
    assert.deepEqual(
      models.map(({ id, reasoningEfforts }) => [id, reasoningEfforts]),
      [
        ['a/writer', undefined],
        ['a/thinker', ['low', 'high']],
        ['a/free', ['none', 'minimal', 'low', 'medium', 'high', 'xhigh']],
      ],
    )
  })
})
