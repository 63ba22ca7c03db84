import assert from 'node:assert/strict'
import { lmStudio } from '../../../../src/providers/lmStudio.js'
import {
  createCallContext,
  createMemberReader,
  jsonReply,
  readFixture,
  streamReply,
} from '../../../fakes/providerCalls.js'
import { useWireServer } from '../../../fakes/wireServer.js'

const reply = streamReply('text/event-stream', readFixture('llama-server/text.sse'))

describe('LM Studio', () => {
  const server = useWireServer()

  const memberOf = createMemberReader(lmStudio, server, reply)

  const serve = (own: unknown) =>
    server.answer(({ path }) => {
      if (path === '/v1/models') return jsonReply({ data: [{ id: 'qwen3' }, { id: 'qwen3:2' }] })
      return path === '/api/v1/models' && own !== undefined ? jsonReply(own) : undefined
    })
  const list = () =>
    lmStudio.listModels(createCallContext(lmStudio, server, { baseUrl: `${server.origin}/v1` }))

  it('lists its models by their ids where it is too old to say more', async () => {
    serve(undefined)
    assert.deepEqual(await list(), [{ id: 'qwen3' }, { id: 'qwen3:2' }])
  })

  it('tells each loaded instance by the context that it was loaded with', async () => {
    const instance = (id: string, context_length: number) => ({ id, config: { context_length } })
    const loaded_instances = [instance('qwen3', 4096), instance('qwen3:2', 8192)]
    serve({ models: [{ key: 'qwen3', max_context_length: 40_960, loaded_instances }] })
    assert.deepEqual(
      (await list()).map(({ id, contextWindow }) => [id, contextWindow]),
      [
        ['qwen3', 4096],
        ['qwen3:2', 8192],
      ],
    )
    serve({ models: [{ key: 'qwen3', max_context_length: 40_960, loaded_instances: [] }] })
    assert.equal((await list())[0]?.contextWindow, 40_960)
  })

  it('is asked for JSON by a schema alone, and for an effort where the user says that the model has them', async () => {
    const json = { responseFormat: { type: 'json' }, reasoningEffort: 'low' } as const
    assert.equal(await memberOf({ id: 'qwen3', parameters: json }, 'response_format'), undefined)
    assert.equal(await memberOf({ id: 'qwen3', parameters: json }, 'reasoning_effort'), undefined)
    const asked = { id: 'qwen3', facts: { reasoningEfforts: ['low', 'high'] }, parameters: json }
    assert.equal(await memberOf(asked, 'reasoning_effort'), 'low')
  })
})
