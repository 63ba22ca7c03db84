import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import type { ContentPart, Message } from '../../../../src/core/chat.js'
import { toConversation } from '../../../../src/providers/anthropic/messages.js'
import { anthropic } from '../../../../src/providers/anthropic.js'
import { createToolNames } from '../../../../src/providers/shared/toolSchema.js'
import { createModel } from '../../../fakes/providerCalls.js'

const model = createModel(anthropic, 'claude-test-4-8')
const names = createToolNames([])
const text = (value: string): ContentPart => ({ type: 'text', text: value })
const user = (...content: ContentPart[]): Message => ({ role: 'user', content })
const assistant = (...content: ContentPart[]): Message => ({ role: 'assistant', content })
const convert = (...messages: Message[]) => toConversation(messages, model, names)

function thought(from: string, provider = 'anthropic'): ContentPart {
  const value = { type: 'thinking', thinking: 'Hm.', signature: 'c2ln' }
  return { type: 'reasoning', text: '', state: { provider, model: from, value } }
}

describe('a conversation for Claude', () => {
  it('has turns of user and assistant by turns, none of them empty, the user first', () => {
    const roles = fc.constantFrom<Message['role']>('user', 'assistant', 'system')
    const parts = fc.oneof(
      fc.string().map(text),
      fc.constant(thought('claude-other')),
      fc.string().map((callId): ContentPart => ({ type: 'toolCall', callId, name: 'look', input: {} })),
      fc.string().map((callId): ContentPart => ({ type: 'toolResult', callId, content: [] })),
    )
    const message = fc.record({ role: roles, content: fc.array(parts, { maxLength: 4 }) })
    fc.assert(
      fc.property(fc.array(message, { maxLength: 8 }), (given) => {
        const { messages } = toConversation([user(text('Hello')), ...given], model, names)
        messages.forEach(({ role, content }, index) => {
          assert.equal(role, index % 2 === 0 ? 'user' : 'assistant')
          assert.ok(content.length > 0)
          for (const block of content) if (block.type === 'text') assert.notEqual(block.text.trim(), '')
        })
        assertPaired(messages)
      }),
      { seed: 20261120 },
    )
  })

  it('answers every tool call at the beginning of the next message, with the picture that the tool gave', () => {
    const data = { type: 'data', mimeType: 'image/png', data: Uint8Array.of(1, 2, 3) } as const
    const { messages } = convert(
      user(text('Look')),
      assistant({ type: 'toolCall', callId: 'a', name: 'look', input: { at: 'it' } }),
      user(text('And?'), { type: 'toolResult', callId: 'a', content: [data], isError: true }),
    )
    const source = { type: 'base64', media_type: 'image/png', data: 'AQID' }
    assert.deepEqual(messages[2]?.content, [
      { type: 'tool_result', tool_use_id: 'a', content: [{ type: 'image', source }], is_error: true },
      { type: 'text', text: 'And?' },
    ])
  })

  it('gives thinking back to the model that thought it, and to no other', () => {
    const own = convert(user(text('?')), assistant(thought(model.id), text('!')))
    assert.deepEqual(own.messages[1]?.content[0], { type: 'thinking', thinking: 'Hm.', signature: 'c2ln' })
    for (const other of [thought('claude-other'), thought(model.id, 'openai')]) {
      const { messages } = convert(user(text('?')), assistant(other, text('!')))
      assert.deepEqual(messages[1]?.content, [{ type: 'text', text: '!' }])
    }
  })

  it('has call ids that Claude accepts, different ones for different calls', () => {
    const call = (callId: string): ContentPart => ({ type: 'toolCall', callId, name: 'look', input: {} })
    const result = (callId: string): ContentPart => ({ type: 'toolResult', callId, content: [] })
    const { messages } = convert(
      user(text('?')),
      assistant(call('functions.look:0'), call('functions_look:0')),
      user(result('functions.look:0'), result('functions_look:0')),
    )
    const ids = messages[1]?.content.map((block) => (block.type === 'tool_use' ? block.id : ''))
    const answered = messages[2]?.content.map((block) =>
      block.type === 'tool_result' ? block.tool_use_id : '',
    )
    assert.deepEqual(ids, ['functions_look_0', 'functions_look_0_2'])
    assert.deepEqual(answered, ids)
  })

  it('begins with the user where instructions are all there is, or the assistant spoke first', () => {
    const alone = convert({ role: 'system', content: [text('Greet.')] })
    assert.deepEqual(alone, {
      system: [],
      messages: [{ role: 'user', content: [{ type: 'text', text: 'Greet.' }] }],
    })
    const { messages } = convert(assistant(text('Hello')), user(text('Hi')))
    assert.deepEqual(
      messages.map(({ role }) => role),
      ['user', 'assistant', 'user'],
    )
  })

  it('takes PDF files; refuses what it cannot read when that is new, and describes it when it is old', () => {
    const file = (mimeType: string): ContentPart => ({ type: 'data', mimeType, data: Uint8Array.of(1) })
    const { messages } = convert(user(file('application/pdf')))
    assert.equal(messages[0]?.content[0]?.type, 'document')
    assert.throws(() => convert(user(file('audio/wav'))), { code: 'capability-unsupported' })
    const old = convert(user(file('audio/wav')), assistant(text('No.')), user(text('Then go on')))
    assert.match(JSON.stringify(old.messages[0]), /audio\/wav left out/)
  })
})

type Turns = ReturnType<typeof toConversation>['messages']

/** Each call's result stands in the message behind it, and no result stands anywhere else. */
function assertPaired(messages: Turns): void {
  messages.forEach(({ content }, index) => {
    const next = messages[index + 1]?.content ?? []
    const calls = content.flatMap((block) => (block.type === 'tool_use' ? [block.id] : []))
    const results = next.flatMap((block) => (block.type === 'tool_result' ? [block.tool_use_id] : []))
    assert.deepEqual(results, calls)
    assert.equal(new Set(calls).size, calls.length)
  })
}
