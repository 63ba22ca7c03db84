import assert from 'node:assert/strict'
import { litellm } from '../../../../src/providers/litellm.js'
import { createCallContext, jsonReply } from '../../../fakes/providerCalls.js'
import { useWireServer } from '../../../fakes/wireServer.js'

describe('the models of a LiteLLM proxy', () => {
  const server = useWireServer()

  const serve = (infos: readonly unknown[] | undefined) =>
    server.answer(({ path }) => {
      if (path === '/models') return jsonReply({ data: [{ id: 'team' }, { id: 'other' }] })
      return infos === undefined
        ? jsonReply({ error: { message: 'Only for admins.' } }, 403)
        : jsonReply({ data: infos.map((model_info) => ({ model_name: 'team', model_info })) })
    })
  const list = () => litellm.listModels(createCallContext(litellm, server))

  it('are told by their ids to a key that may not read more', async () => {
    serve(undefined)
    assert.deepEqual(await list(), [{ id: 'team' }, { id: 'other' }])
  })

  it('have the limits and abilities that every deployment behind a name has, and a price that all agree on', async () => {
    const one = { mode: 'chat', max_input_tokens: 900, supports_vision: true, input_cost_per_token: 2e-6 }
    const two = { ...one, max_input_tokens: 800, supports_vision: null, output_cost_per_token: 9e-6 }
    serve([one, two])
    const team = { id: 'team', maxInputTokens: 800, pricing: { input: 2 } }
    assert.deepEqual(await list(), [team, { id: 'other' }])
    serve([one, { ...two, supports_vision: false, input_cost_per_token: 3e-6 }])
    const poorer = { id: 'team', maxInputTokens: 800, capabilities: { imageInput: false } }
    assert.deepEqual(await list(), [poorer, { id: 'other' }])
  })

  it('are left out where they neither chat nor embed', async () => {
    serve([{ mode: 'image_generation' }])
    assert.deepEqual(await list(), [{ id: 'other' }])
    serve([{ mode: 'embedding' }])
    assert.deepEqual((await list())[0], { id: 'team', capabilities: { embedding: true } })
  })
})
