import assert from 'node:assert/strict'
import type { ResponseFormat } from '../../../../src/core/chat.js'
import { outputFormat } from '../../../../src/providers/anthropic/format.js'
import { anthropic } from '../../../../src/providers/anthropic.js'
import { createMemoryLog } from '../../../fakes/memoryStores.js'
import { createModel } from '../../../fakes/providerCalls.js'

function ask(responseFormat: ResponseFormat) {
  const log = createMemoryLog()
  const model = createModel(anthropic, 'claude-test-4-8')
  return { log, format: outputFormat({ model, messages: [], parameters: { responseFormat } }, { log }) }
}

describe('the output format for Claude', () => {
  it('closes every object and moves what the API refuses into words', async () => {
    const schema = {
      type: 'object',
      properties: { age: { type: 'integer', minimum: 3 }, home: { type: 'object', properties: {} } },
    }
    const found = await ask({ type: 'jsonSchema', name: 'person', schema }).format
    assert.deepEqual(found?.type, 'json_schema')
    const text = JSON.stringify(found?.schema)
    assert.equal(text.match(/"additionalProperties":false/g)?.length, 2)
    assert.doesNotMatch(text, /"minimum":/)
    assert.match(text, /minimum: ?3/)
    assert.equal(schema.properties.age.minimum, 3, 'the caller’s schema stays as it was')
  })

  it('is left out, and logged, for a schema that cannot be read', async () => {
    const { log, format } = ask({ type: 'jsonSchema', name: 'odd', schema: {} })
    assert.equal(await format, undefined)
    assert.match(log.lines[0] ?? '', /^warn The schema “odd”/)
  })

  it('is nothing for text and for JSON without a schema', async () => {
    assert.equal(await ask({ type: 'text' }).format, undefined)
    assert.equal(await ask({ type: 'json' }).format, undefined)
  })
})
