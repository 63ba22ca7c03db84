import assert from 'node:assert/strict'
import type { ContentPart } from '../../../../src/core/chat.js'
import { toInput } from '../../../../src/providers/openai/input.js'
import { createToolNames } from '../../../../src/providers/shared/toolSchema.js'

const item = { type: 'reasoning', id: 'rs', summary: [], encrypted_content: 'gAAA', future: { field: 1 } }
const kept = (value: unknown, model = 'm'): ContentPart => ({
  type: 'reasoning',
  text: 'shown',
  state: { provider: 'openai', model, value },
})
const text = (value: string): ContentPart => ({ type: 'text', text: value })
const call: ContentPart = { type: 'toolCall', callId: 'c', name: 'f', input: {} }
const wireCall = { type: 'function_call', call_id: 'c', name: 'f', arguments: '{}' }

function convert(content: readonly ContentPart[], role: 'assistant' | 'user' = 'assistant') {
  return toInput([{ role, content }], {
    provider: 'openai',
    connection: 'work',
    model: {
      connection: 'work',
      id: 'm',
      provider: 'openai',
      name: 'M',
      family: 'm',
      version: '',
      location: 'cloud',
      capabilities: {},
      pricing: {},
      sources: {},
    },
    toolNames: createToolNames([]),
    pdf: 'tried',
  })
}

describe('toInput', () => {
  it('returns a reasoning item unmodified, with what nobody knows of yet', () => {
    assert.deepEqual(convert([kept({ connection: 'work', item }), call]), [item, wireCall])
  })
  it('leaves out reasoning of another account or model, and what is only shown', () => {
    for (const part of [
      kept({ connection: 'home', item }),
      kept({ connection: 'work', item }, 'n'),
      kept(undefined),
      kept({ connection: 'work', item: 'x' }),
      { type: 'reasoning', text: 'shown' } as const,
    ]) {
      assert.deepEqual(convert([part, call]), [wireCall])
    }
  })
  it('leaves out reasoning that led to nothing, which would be refused', () => {
    assert.deepEqual(convert([text('a'), kept({ connection: 'work', item })]), [
      { role: 'assistant', content: 'a' },
    ])
  })
  it('keeps the order of reasoning, text and calls', () => {
    const second = { ...item, id: 'rs2' }
    const content = [
      kept({ connection: 'work', item }),
      text('a'),
      text('b'),
      kept({ connection: 'work', item: second }),
      call,
    ]
    assert.deepEqual(convert(content), [item, { role: 'assistant', content: 'ab' }, second, wireCall])
  })
  it('tells a text’s phase again', () => {
    const phase = kept({ connection: 'work', item: { type: 'message', phase: 'final_answer' } })
    assert.deepEqual(convert([phase, text('a')]), [
      { role: 'assistant', content: 'a', phase: 'final_answer' },
    ])
    assert.deepEqual(convert([text('a'), phase]), [
      { role: 'assistant', content: 'a', phase: 'final_answer' },
    ])
  })
  it('sends a PDF that a tool has made as a file of its result', () => {
    const pdf: ContentPart = { type: 'data', mimeType: 'application/pdf', data: new Uint8Array([1, 2, 3]) }
    const [output] = convert([{ type: 'toolResult', callId: 'c', content: [pdf] }], 'user')
    assert.deepEqual(output?.['output'], [
      { type: 'input_file', filename: 'document.pdf', file_data: 'data:application/pdf;base64,AQID' },
    ])
  })
})
