import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import type { ContentPart, Message } from '../../../../src/core/chat.js'
import { prepareConversation } from '../../../../src/providers/shared/messages.js'

const text = (value: string): ContentPart => ({ type: 'text', text: value })
const call = (callId: string): ContentPart => ({ type: 'toolCall', callId, name: 'f', input: {} })
const result = (callId: string, value = 'r'): ContentPart => ({
  type: 'toolResult',
  callId,
  content: [{ type: 'text', text: value }],
})
const user = (...content: ContentPart[]): Message => ({ role: 'user', content })
const assistant = (...content: ContentPart[]): Message => ({ role: 'assistant', content })
const prepare = (messages: readonly Message[], systemRole = true) =>
  prepareConversation(messages, { systemRole })

const anyPart = fc.oneof(
  fc.constantFrom('', 'a', 'b').map(text),
  fc.constantFrom('', '1', '2').map(call),
  fc.constantFrom('', '1', '2', '3').map((id) => result(id)),
)
const anyMessages = fc.array(
  fc.record({
    role: fc.constantFrom<Message['role']>('system', 'user', 'assistant'),
    content: fc.array(anyPart, { maxLength: 4 }),
  }),
  { maxLength: 8 },
)

describe('prepareConversation', () => {
  it('makes turns in which every call has one id and one result right behind it, of any conversation', () => {
    fc.assert(
      fc.property(anyMessages, (given) => {
        const { messages } = prepare(given)
        const ids = new Set<string>()
        for (const [index, { role, content }] of messages.entries()) {
          assert.notEqual(role, messages[index - 1]?.role)
          assert.ok(content.length > 0)
          const calls = content.flatMap((part) => (part.type === 'toolCall' ? [part.callId] : []))
          for (const id of calls) assert.ok(id !== '' && !ids.has(id) && ids.add(id))
          const next = messages[index + 1]?.content ?? []
          const answers = next
            .slice(0, calls.length)
            .map((part) => (part.type === 'toolResult' ? part.callId : undefined))
          if (role === 'assistant') assert.deepEqual(answers, calls)
        }
        const results = messages.flatMap(({ content }) =>
          content.filter((part) => part.type === 'toolResult'),
        )
        assert.equal(results.length, ids.size)
      }),
    )
  })
  it('changes nothing where it is prepared already', () => {
    fc.assert(
      fc.property(anyMessages, (given) => {
        const once = prepare(given).messages
        assert.deepEqual(prepare(once).messages, once)
      }),
    )
  })
  it('gathers the system’s texts wherever they stand', () => {
    const given: Message[] = [
      { role: 'system', content: [text('one')] },
      user(text('hi')),
      { role: 'system', content: [text('two')] },
    ]
    assert.deepEqual(prepare(given), { system: 'one\n\ntwo', messages: [user(text('hi'))] })
  })
  it('folds the system’s text into the first question for a model that takes no system message', () => {
    const given: Message[] = [{ role: 'system', content: [text('rules')] }, user(text('hi'))]
    assert.deepEqual(prepare(given, false), { system: '', messages: [user(text('rules'), text('hi'))] })
  })
  it('puts results behind their calls, before what else was said', () => {
    const given = [assistant(call('1')), user(text('wait')), user(result('1', 'late'))]
    assert.deepEqual(prepare(given).messages, [assistant(call('1')), user(result('1', 'late'), text('wait'))])
  })
  it('answers a call that has no result, and drops a result that has no call', () => {
    const { messages } = prepare([assistant(call('1')), user(result('9'), text('go on'))])
    const [answer] = messages[1]?.content ?? []
    assert.ok(answer?.type === 'toolResult' && answer.callId === '1' && answer.isError === true)
    assert.equal(messages[1]?.content.length, 2)
  })
  it('pairs ids that a later turn repeats, each with its own result', () => {
    const given = [
      assistant(call('1')),
      user(result('1', 'first')),
      assistant(call('1')),
      user(result('1', 'second')),
    ]
    const { messages } = prepare(given)
    const answers = messages.flatMap(({ content }) =>
      content.flatMap((part) =>
        part.type === 'toolResult' ? part.content.map((each) => (each.type === 'text' ? each.text : '')) : [],
      ),
    )
    assert.deepEqual(answers, ['first', 'second'])
  })
})
