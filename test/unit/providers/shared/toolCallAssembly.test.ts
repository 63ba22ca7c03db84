import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import type { Tool } from '../../../../src/core/chat.js'
import type { ToolCallFragment } from '../../../../src/providers/shared/openCalls.js'
import type { Subject } from '../../../../src/providers/shared/subject.js'
import { createToolCallAssembly } from '../../../../src/providers/shared/toolCallAssembly.js'
import { createToolNames } from '../../../../src/providers/shared/toolSchema.js'

const subject: Subject = {
  provider: 'x',
  providerName: 'X',
  connection: 'X',
  host: 'h',
  location: 'cloud',
  secrets: () => [],
}

function assemble(fragments: readonly ToolCallFragment[], tools: readonly Tool[] = []) {
  const taken = new Set<string | undefined>()
  const assembly = createToolCallAssembly({ subject, tools: createToolNames(tools), taken })
  for (const fragment of fragments) assembly.add(fragment)
  const { calls, broken } = assembly.finish(false)
  if (broken !== undefined) throw broken
  return calls.map(({ call: { callId, name, input } }) => ({ callId, name, input }))
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
  it('takes a name in pieces, by the tools that are offered', () => {
    const named = (...names: readonly string[]) =>
      assemble(
        [...names.map((name) => ({ index: 0, id: 'a', name })), { index: 0, input: '{}' }],
        ['get', 'get_weather', 'aa'].map((name) => ({ name, description: '' })),
      ).map(({ name }) => name)
    assert.deepEqual(named('get_', 'weather'), ['get_weather'])
    assert.deepEqual(named('get', '_weather'), ['get_weather'])
    assert.deepEqual(named('get_weather', 'get_weather', 'get_weather'), ['get_weather'])
    assert.deepEqual(named('a', 'a'), ['aa'])
  })
  it('takes nothing for a call that has neither a name nor an input', () => {
    const call = { index: 0, id: 'a', name: 'f', input: '{}' }
    for (const nothing of [{ index: 0, id: 'z', input: '' }, { index: 1, id: 'z' }, { index: 1 }, {}])
      assert.deepEqual(assemble([call, nothing]), [{ callId: 'a', name: 'f', input: {} }])
    assert.deepEqual(assemble([{ index: 0, id: 'z' }]), [])
  })
  it('passes on a call of a tool that was not offered, which the caller then refuses', () => {
    const offered = [{ name: 'g', description: '' }]
    for (const input of ['', '{}'])
      assert.equal(assemble([{ index: 0, id: 'a', name: 'f', input }], offered)[0]?.name, 'f')
  })
  it('lets arguments reach no tool that they may not be for', () => {
    const begun = (id: string, name: string) => ({ index: 0, id, name, input: '' })
    for (const fragments of [
      [begun('a', 'f'), begun('b', 'g'), { index: 0, input: '{}' }],
      [begun('a', 'f'), begun('b', 'f'), { index: 0, id: 'b', input: '{}' }],
      [
        { index: 0, name: 'f', input: '{}' },
        { index: 0, name: 'g', input: '{}' },
        { index: 0, input: '{}' },
      ],
      [
        { index: 0, id: 'a', name: 'f', input: '{}' },
        { index: 1, input: '{"x":1}' },
      ],
      [
        { index: 0, id: 'a', name: 'f', input: '{"x"' },
        { index: 0, input: { y: 1 } },
      ],
    ])
      assert.throws(() => assemble(fragments), { code: 'provider-error', message: /cannot be told apart/ })
  })
  it('takes a call whose id changes with every delta for one', () => {
    const fragments = ['{"x"', ':', '1}'].map((input, turn) => ({ index: 0, id: `id${turn}`, input }))
    assert.deepEqual(assemble([{ index: 0, id: 'id', name: 'f' }, ...fragments]), [
      { callId: 'id', name: 'f', input: { x: 1 } },
    ])
  })
  it('takes an object behind its own text for the same input', () => {
    const whole = { index: 0, id: 'a', name: 'f', input: { x: 1 } }
    assert.deepEqual(assemble([{ ...whole, input: '{"x": 1}' }, whole]), [
      { callId: 'a', name: 'f', input: { x: 1 } },
    ])
  })
  it('reads arguments of hundreds of thousands of pieces, each of them once', () => {
    const text = JSON.stringify({ text: 'x'.repeat(400_000) })
    const fragments = text.split('').map((input) => ({ index: 0, input }))
    assert.deepEqual(assemble([{ index: 0, id: 'a', name: 'f' }, ...fragments])[0]?.input, JSON.parse(text))
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
