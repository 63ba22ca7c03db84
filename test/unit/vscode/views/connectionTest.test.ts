import assert from 'node:assert/strict'
import { describeTest } from '../../../../src/vscode/views/connectionTest.js'
import { now } from './samples.js'

const passed = { latencyMs: 119.6, modelCount: 40, key: 'proven' } as const

describe('how a test went, in words', () => {
  it('says when, how fast and how many models', () => {
    assert.match(
      describeTest({ at: now, outcome: passed }, now),
      /^Tested 12:00.*: answered in 120 ms with 40 models$/,
    )
  })

  it('says how many models of a long list were left out', () => {
    const outcome = { ...passed, modelCount: 20_000, leftOut: 5 }
    assert.match(describeTest({ at: now, outcome }, now), /with 20000 models \(5 more were left out\)$/)
  })

  it('says which model answered, and how fast', () => {
    const outcome = { ...passed, chat: { model: 'nano', latencyMs: 1410 } }
    assert.match(describeTest({ at: now, outcome }, now), /; nano answered in 1,410 ms$/)
  })

  it('says that a public list proves no key, unless a model has answered with it', () => {
    const outcome = { ...passed, key: 'unproven' } as const
    assert.match(describeTest({ at: now, outcome }, now), /list is public, so the key is not proven$/)
    const answered = { ...outcome, chat: { model: 'nano', latencyMs: 1 } }
    assert.doesNotMatch(describeTest({ at: now, outcome: answered }, now), /not proven/)
  })

  it('says what failed and why', () => {
    const outcome = { step: 'chat', code: 'quota-exhausted', message: 'Top up.' } as const
    const yesterday = now - 24 * 60 * 60 * 1000
    const text = describeTest({ at: yesterday, outcome }, now)
    assert.match(text, /^Test .*2025.* failed at asking a model for one token: Top up\.$/)
  })
})
