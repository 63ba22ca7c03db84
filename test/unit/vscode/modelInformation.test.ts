import assert from 'node:assert/strict'
import type { ConnectionView } from '../../../src/core/registry/registry.js'
import { openai } from '../../../src/providers/openai.js'
import { describeForHost } from '../../../src/vscode/modelInformation.js'
import { createModel } from '../../fakes/providerCalls.js'
import { createConnection } from '../../fakes/scriptedProvider.js'

function effortsOf(reasoningEfforts?: readonly string[]): unknown {
  const model = createModel(openai, 'gpt-9', reasoningEfforts === undefined ? {} : { reasoningEfforts })
  const connection = createConnection({ provider: 'openai' })
  const view: ConnectionView = {
    connection,
    provider: openai,
    state: { kind: 'ready' },
    key: { state: 'notNeeded' },
    models: [model],
    listedAt: 0,
  }
  const effort: unknown = describeForHost(model, view).configurationSchema?.properties['reasoningEffort']
  return effort === undefined ? undefined : Reflect.get(Object(effort), 'enum')
}

describe('the effort that a user may choose beside a model', () => {
  for (const [what, known, offered] of [
    ['is the levels that the model is known to take', ['low', 'high'], ['default', 'low', 'high']],
    ['is in the order of our scale', ['high', 'none', 'low'], ['default', 'none', 'low', 'high']],
    ['has the wire’s highest as ours', ['low', 'xhigh'], ['default', 'low', 'max']],
    ['has no level twice', ['low', 'xhigh', 'max'], ['default', 'low', 'max']],
    ['is none where there is one level alone', ['high'], undefined],
    ['is none where no level is known', undefined, undefined],
  ] as const) {
    it(what, () => assert.deepEqual(effortsOf(known), offered))
  }
})
