import assert from 'node:assert/strict'
import { dayMs, hourMs, minuteMs, writeDuration } from '../../../src/core/durations.js'

describe('a duration in a sentence', () => {
  for (const [ms, text] of [
    [0, '1 s'],
    [1_001, '2 s'],
    [2 * minuteMs, '120 s'],
    [2 * minuteMs + 1, '3 min'],
    [2 * hourMs, '120 min'],
    [2 * hourMs + 1, '3 h'],
    [2 * dayMs, '48 h'],
    [9.7 * dayMs, '10 days'],
    [3_000 * dayMs, '3,000 days'],
  ] as const) {
    it(`of ${ms} ms is ${text}`, () => assert.equal(writeDuration(ms), text))
  }
})
