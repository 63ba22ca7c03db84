import assert from 'node:assert/strict'
import type { EngineRequest } from '../../../../src/core/ports.js'
import type { JsonObject } from '../../../../src/core/provider.js'
import { llamacpp } from '../../../../src/providers/llamacpp.js'
import { createMemoryLog } from '../../../fakes/memoryStores.js'
import { createModel } from '../../../fakes/providerCalls.js'
import { createProviderContext } from '../../../fakes/providerContext.js'

/** What the engine is asked for a model with that extra body, and what the log says. */
async function ask(extraBody: JsonObject, environment = {}) {
  const log = createMemoryLog()
  const asked: EngineRequest[] = []
  const context = createProviderContext({
    provider: 'llamacpp',
    fields: { files: ['/models/m.gguf', '/models/n.gguf'] },
    models: { m: { extraBody }, n: { extraBody: { min_p: 1 } } },
    log,
    environment,
  })
  const engine = {
    ...context.engine,
    async *chat(request: EngineRequest) {
      asked.push(request)
      yield* []
    },
  }
  const request = {
    model: createModel(llamacpp, 'm'),
    messages: [],
    parameters: { temperature: 1, topP: 0.5 },
  }
  for await (const part of llamacpp.chat(request, { ...context, engine })) assert.ok(part)
  return { request: asked[0], log: log.lines.join('\n') }
}

describe('the extra body of an embedded model', () => {
  it('sets what it names as llama.cpp’s server does, stronger than the request', async () => {
    const { request, log } = await ask({
      temperature: 0.2,
      top_k: 5,
      n_predict: 100,
      stop: 'END',
      seed: 7,
      min_p: 0.1,
      repeat_penalty: 1.2,
      repeat_last_n: 256,
    })
    assert.deepEqual(request?.parameters, {
      temperature: 0.2,
      topP: 0.5,
      topK: 5,
      maxOutputTokens: 100,
      stop: ['END'],
      seed: 7,
      repeatPenalty: 1.2,
    })
    assert.deepEqual(request.sampling, { minP: 0.1, repeatLastTokens: 256 })
    assert.doesNotMatch(log, /extraBody/)
  })

  it('names in the log what the engine has no place for, and does without it', async () => {
    const { request, log } = await ask({ grammar: 'root ::= "a"', top_k: 'many', __proto__: 1 })
    assert.deepEqual([request?.parameters, request?.sampling], [{ temperature: 1, topP: 0.5 }, undefined])
    assert.match(log, /does not take grammar, top_k of “extraBody”/)
  })
})
