import assert from 'node:assert/strict'
import { createDefaultParameters } from '../../../../src/core/parameters/defaults.js'
import type { ParameterTemplates } from '../../../../src/core/parameters/templates.js'
import type { Connection } from '../../../../src/core/provider.js'
import { createMemoryLog } from '../../../fakes/memoryStores.js'
import { createConnection } from '../../../fakes/scriptedProvider.js'

function setUp(connection: Partial<Connection>, templates: ParameterTemplates = {}) {
  const log = createMemoryLog()
  const defaults = createDefaultParameters({ templates: () => templates, log })
  return { log, of: (model: string) => defaults(createConnection(connection), model) }
}

describe('createDefaultParameters', () => {
  it('puts the model’s parameters over the connection’s, and those over the template’s', () => {
    const { of } = setUp(
      {
        template: 'mine',
        parameters: { topP: 0.8, topK: 20 },
        models: { m: { parameters: { topK: 5 } } },
      },
      { mine: { temperature: 0.1, topP: 0.1, topK: 1 } },
    )
    assert.deepEqual(of('m'), { temperature: 0.1, topP: 0.8, topK: 5 })
    assert.deepEqual(of('other'), { temperature: 0.1, topP: 0.8, topK: 20 })
  })

  it('uses the template that the model names in place of the connection’s', () => {
    const { of } = setUp(
      { template: 'a', models: { m: { template: 'b' } } },
      { a: { topK: 1 }, b: { seed: 2 } },
    )
    assert.deepEqual([of('m'), of('other')], [{ seed: 2 }, { topK: 1 }])
  })

  it('uses no template for a model that wants none, whatever the connection’s is', () => {
    const { of, log } = setUp({ template: 'precise', models: { m: { template: null } } })
    assert.deepEqual(of('m'), {})
    assert.equal(of('other').temperature, 0)
    assert.deepEqual(log.lines, [])
  })

  it('lets a model refuse what the connection or the template sets', () => {
    const { of } = setUp({ template: 'precise', models: { m: { parameters: { temperature: null } } } })
    assert.equal('temperature' in of('m'), false)
    assert.equal(of('other').temperature, 0)
  })

  it('names an unknown template in the log once, and goes on without it', () => {
    const { of, log } = setUp({ template: 'nothing', parameters: { topK: 1 } })
    assert.deepEqual([of('m'), of('m')], [{ topK: 1 }, { topK: 1 }])
    assert.equal(log.lines.length, 1)
    assert.match(log.lines[0] ?? '', /“nothing”.*roundhouse\.parameterTemplates/)
  })

  it('sees templates as they are at the time of the request', () => {
    let templates: ParameterTemplates = {}
    const defaults = createDefaultParameters({ templates: () => templates, log: createMemoryLog() })
    const connection = createConnection({ template: 'late' })
    assert.deepEqual(defaults(connection, 'm'), {})
    templates = { late: { seed: 1 } }
    assert.deepEqual(defaults(connection, 'm'), { seed: 1 })
  })

  it('takes no inherited property for a model', () => {
    assert.deepEqual(setUp({}).of('constructor'), {})
  })
})
