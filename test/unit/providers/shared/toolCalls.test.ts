import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import type { Subject } from '../../../../src/providers/shared/subject.js'
import { createToolCallAssembly, type ToolCallFragment } from '../../../../src/providers/shared/toolCalls.js'

const subject: Subject = {
  provider: 'x',
  providerName: 'X',
  connection: 'X',
  host: 'h',
  location: 'cloud',
  secrets: () => [],
}

function assemble(fragments: readonly ToolCallFragment[]) {
  const assembly = createToolCallAssembly(subject)
  for (const fragment of fragments) assembly.add(fragment)
  return assembly.finish().map(({ callId, name, input }) => ({ callId, name, input }))
}

describe('createToolCallAssembly', () => {
  it('joins fragments of interleaved calls, however they are cut', () => {
    const texts = ['{"a":"Zürich"}', '{"b":[1,2,{"c":null}]}']
    fc.assert(
      fc.property(fc.infiniteStream(fc.boolean()), fc.integer({ min: 1, max: 5 }), (turns, size) => {
        const queues = texts.map((text, index) => [
          { index, id: `id${index}`, name: `tool${index}` },
          ...Array.from({ length: Math.ceil(text.length / size) }, (_, at) => ({
            index,
            input: text.slice(at * size, (at + 1) * size),
          })),
        ])
        const fragments: ToolCallFragment[] = [queues[0]?.shift(), queues[1]?.shift()].filter(
          (each) => each !== undefined,
        )
        while (queues.some((queue) => queue.length > 0)) {
          const queue = queues[turns.next().value === true ? 1 : 0]
          const next = queue?.shift()
          if (next !== undefined) fragments.push(next)
        }
        assert.deepEqual(assemble(fragments), [
          { callId: 'id0', name: 'tool0', input: { a: 'Zürich' } },
          { callId: 'id1', name: 'tool1', input: { b: [1, 2, { c: null }] } },
        ])
      }),
    )
  })
  it('tells calls apart by their ids where a server numbers all of them 0, or none', () => {
    for (const index of [{ index: 0 }, {}]) {
      const fragments = [
        { ...index, id: 'a', name: 'f', input: '{"x":1}' },
        { ...index, id: 'b', name: 'f', input: '{"x":' },
        { ...index, id: 'b', input: '2}' },
      ]
      assert.deepEqual(
        assemble(fragments).map(({ callId, input }) => [callId, input]),
        [
          ['a', { x: 1 }],
          ['b', { x: 2 }],
        ],
      )
    }
  })
  it('takes no text, null and an object for an input', () => {
    const calls = assemble([
      { index: 0, id: 'a', name: 'f', input: '' },
      { index: 1, id: 'b', name: 'f', input: 'null' },
      { index: 2, id: 'c', name: 'f', input: { x: 1 } },
    ])
    assert.deepEqual(
      calls.map(({ input }) => input),
      [{}, {}, { x: 1 }],
    )
  })
  it('reads an object that was encoded twice', () => {
    assert.deepEqual(
      assemble([{ index: 0, id: 'a', name: 'f', input: JSON.stringify('{"x":1}') }])[0]?.input,
      { x: 1 },
    )
  })
  it('gives an id of its own to a call without one', () => {
    const calls = assemble([
      { index: 0, id: 'call_1', name: 'f' },
      { index: 1, name: 'g' },
    ])
    assert.equal(new Set(calls.map(({ callId }) => callId)).size, 2)
  })
  it('keeps a name that is repeated in every fragment single', () => {
    const calls = assemble([
      { index: 0, id: 'a', name: 'f', input: '{' },
      { index: 0, id: 'a', name: 'f', input: '}' },
    ])
    assert.deepEqual(calls, [{ callId: 'a', name: 'f', input: {} }])
  })
  for (const input of ['{"x":', '[1]', '"text"', '7']) {
    it(`refuses ${input} as an input, naming the tool and not the input`, () => {
      assert.throws(
        () => assemble([{ index: 0, id: 'a', name: 'search', input }]),
        (error: Error) => {
          assert.match(error.message, /“search”/)
          assert.ok(!error.message.includes(input))
          return true
        },
      )
    })
  }
})
