import assert from 'node:assert/strict'
import { markdownTable } from '../../../../src/vscode/views/markdownTable.js'

/** Those of the table itself. */
const lines = (...args: Parameters<typeof markdownTable>) =>
  markdownTable(...args)
    .split('\n')
    .filter((line) => line.startsWith('|'))

describe('markdownTable', () => {
  it('puts amounts to the right, and breaks none of them', () => {
    const table = lines(
      ['Name', 'Cost', 'Share', 'Times'],
      [
        ['two words', '$0.30', '12 %', '0.40 / 1.20 s'],
        ['1 of 2', '$1,200.00', '', '0.01 / 0.02 s'],
      ],
    )
    assert.deepEqual(table, [
      '| Name | Cost | Share | Times |',
      '| --- | ---: | ---: | ---: |',
      '| two words | \\$0\\.30 | 12\u00a0% | 0\\.40\u00a0/\u00a01\\.20\u00a0s |',
      '| 1 of 2 | \\$1,200\\.00 |  | 0\\.01\u00a0/\u00a00\\.02\u00a0s |',
    ])
  })

  it('leaves a column out that holds nothing, and none where there are no rows', () => {
    assert.deepEqual(lines(['A', 'B'], [['x', '']]), ['| A |', '| --- |', '| x |'])
    assert.deepEqual(lines(['A', 'B'], []), ['| A | B |', '| --- | --- |'])
  })

  it('keeps text to the left, also where one of it looks like an amount', () => {
    assert.equal(lines(['A'], [['12'], ['unknown']])[1], '| --- |')
  })

  it('stands in a box that scrolls by itself, with the empty lines by which Markdown sees the table', () => {
    assert.equal(
      markdownTable(['A'], [['x']]),
      '<div style="overflow-x: auto">\n\n| A |\n| --- |\n| x |\n\n</div>',
    )
  })

  it('shows whatever is in a cell as text', () => {
    assert.equal(lines(['A'], [['a|b [c](d)\ne']])[2], String.raw`| a\|b \[c\]\(d\) e |`)
    assert.equal(lines(['A'], [['</div><b>']])[2], String.raw`| &lt;/div\>&lt;b\> |`)
  })
})
