import assert from 'node:assert/strict'
import type { Connection } from '../../../../src/core/provider.js'
import { anthropic, anyOpenaiCompatible, openai } from '../../../../src/providers/index.js'
import { createConnection } from '../../../fakes/scriptedProvider.js'

const asksForAnHour = (facts: Partial<Connection>, provider = anthropic) =>
  provider.mayCacheForAnHour?.(createConnection(facts), 'claude-test')

const marked = (ttl?: string) => ({
  extraBody: { cache_control: { type: 'ephemeral', ...(ttl === undefined ? {} : { ttl }) } },
})

describe('an hour-long prompt cache', () => {
  it('is written where the connection chooses it, and not by default', () => {
    assert.equal(asksForAnHour({}), false)
    assert.equal(asksForAnHour({ fields: { promptCaching: '5m' } }), false)
    assert.equal(asksForAnHour({ fields: { promptCaching: '1h' } }), true)
  })

  it('is written where a body’s own words ask for it, or may', () => {
    assert.equal(asksForAnHour({ models: { 'claude-test': marked('1h') } }), true)
    assert.equal(asksForAnHour({ models: { 'claude-test': marked(`\${env:TTL}`) } }), true)
    assert.equal(
      asksForAnHour({
        models: { 'claude-test': { extraBody: { system: [{ cache_control: { ttl: '1h' } }] } } },
      }),
      true,
    )
    assert.equal(asksForAnHour({ models: { 'claude-test': marked('5m') } }), false)
    assert.equal(asksForAnHour({ models: { 'claude-test': marked() } }), false)
    assert.equal(asksForAnHour({ models: { other: marked('1h') } }), false)
  })

  it('is written by another server only where it is spoken to as Anthropic is', () => {
    const messages = { mode: 'messages', ...marked('1h') }
    assert.equal(asksForAnHour({ fields: messages }, anyOpenaiCompatible), true)
    assert.equal(asksForAnHour({ fields: { ...messages, mode: 'chat' } }, anyOpenaiCompatible), false)
    assert.equal(asksForAnHour({ fields: messages }, openai), undefined)
  })
})
