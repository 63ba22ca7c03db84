import assert from 'node:assert/strict'
import * as z from 'zod/mini'
import { readList } from '../../../../src/vscode/policies/listSetting.js'
import { measureProcessorMs } from '../../../fakes/processorTime.js'

const list = {
  key: 'roundhouse.things',
  schema: z.strictObject({ name: z.string(), list: z.optional(z.array(z.string())) }),
  nameOf: ({ name }: { readonly name: string }) => name,
} as const

const many = 300_000

describe('readList', () => {
  for (const [what, entry] of [
    ['numbers', 7],
    ['objects', { nome: 'x' }],
  ] as const) {
    it(`describes a hundred of ${many} wrong ${what}, counts the others, and takes no long time for it`, () => {
      const value = [{ name: 'good' }, ...Array.from({ length: many }, () => entry)]
      let read = readList(list, [])
      const ms = measureProcessorMs(() => (read = readList(list, value)))
      assert.deepEqual(read.entries, [{ name: 'good' }])
      assert.equal(read.problems.length, 101)
      assert.match(
        read.problems.at(-1)?.message ?? '',
        /^has \d+ more problems and has \d+ more entries that were not read\.$/,
      )
      assert.ok(ms < 1_000, `${ms} ms`)
    })
  }

  it('does not look for all that is wrong in an entry of 300,000 values', () => {
    const wrong = { name: 'big', list: Array.from({ length: many }, () => 1) }
    let read = readList(list, [])
    const ms = measureProcessorMs(() => (read = readList(list, [wrong, { name: 'good' }])))
    assert.deepEqual(read.entries, [{ name: 'good' }])
    assert.deepEqual(read.problems, [
      {
        path: 'roundhouse.things[0]',
        message: 'has more than 10000 values. The entry is not used until this is corrected.',
      },
    ])
    assert.ok(ms < 300, `${ms} ms`)
  })

  it('names ten of the members that there are not, and counts the others', () => {
    const members = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`m${index}`, 1]))
    const [problem] = readList(list, [{ name: 'x', ...members }]).problems
    assert.match(problem?.message ?? '', /“m9” and 40 more\./)
  })
})
