import assert from 'node:assert/strict'
import type { DecisionReport } from '../../../../src/core/routing/decisions.js'
import { decisionReport } from '../../../../src/vscode/views/decisionReport.js'

const report: DecisionReport = {
  requestId: 'request-1',
  at: 0,
  asked: 'auto',
  chosen: 'work/large',
  reason: 'quality 0.92 × 82%',
  outcome: 'answered',
  notes: ['the task looks [complex](http://elsewhere)'],
  ranked: [{ model: 'work/large', score: 0.9, reasons: ['quality 0.92 × 82%'] }],
  leftOut: [{ model: 'work/small', code: 'no-key', message: 'Work has no key.' }],
  tried: [{ model: 'work/large' }],
}

describe('decisionReport', () => {
  it('has a heading for each part, with its lines as lists', () => {
    const page = decisionReport(report)
    const headings = page.split('\n').filter((line) => line.startsWith('#'))
    assert.deepEqual(headings, ['# Routing', '## Rules', '## Tried', '## Ranking', '## Left out'])
    assert.match(page, /\n1\. work\/large 0\\\.90\\: quality/)
    assert.match(page, /\n- work\/small \\\(no\\-key\\\)\\: Work has no key\\\./)
    assert.match(page, /times what it counts/)
  })

  it('shows names and reasons as text, never as links', () => {
    assert.doesNotMatch(decisionReport(report), /[^\\]\]\(/)
  })

  it('says nothing of marks where nothing was ranked', () => {
    const { chosen: _, reason: __, ...rest } = report
    const page = decisionReport({ ...rest, ranked: [], tried: [] })
    assert.match(page, /\*\*auto\\: no model was chosen \\\(answered\\\)\*\*/)
    assert.doesNotMatch(page, /times what it counts/)
  })
})
