import assert from 'node:assert/strict'
import { usagePeriods } from '../../../../src/vscode/commands/periods.js'

describe('the periods of usage', () => {
  const now = Date.parse('2026-03-31T22:30:00Z')
  const spanOf = (name: string, timeZone: string) => {
    const period = usagePeriods.find((each) => each.name === name) ?? assert.fail(name)
    const { from, to } = period.span(now, timeZone)
    return [from, to].map((instant) => new Date(instant).toISOString())
  }

  it('have a last month that is over, by the clocks of the user', () => {
    assert.deepEqual(spanOf('last month', 'UTC'), ['2026-02-01T00:00:00.000Z', '2026-03-01T00:00:00.000Z'])
    // There it is April, and March had an hour less.
    assert.deepEqual(spanOf('last month', 'Europe/Berlin'), [
      '2026-02-28T23:00:00.000Z',
      '2026-03-31T22:00:00.000Z',
    ])
  })

  it('go up to this moment', () => {
    for (const { name, span } of usagePeriods) {
      if (name !== 'last month') assert.equal(span(now, 'UTC').to, now + 1, name)
    }
    assert.deepEqual(spanOf('this month', 'Europe/Berlin')[0], '2026-03-31T22:00:00.000Z')
    assert.deepEqual(spanOf('this week', 'UTC')[0], '2026-03-30T00:00:00.000Z')
  })
})
