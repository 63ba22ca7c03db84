import assert from 'node:assert/strict'
import type { ContentPart, Message } from '../../../../src/core/chat.js'
import { isModelError } from '../../../../src/core/errors.js'
import { toChatHistory } from '../../../../src/platform/llama/history.js'

function message(role: Message['role'], ...content: (string | ContentPart)[]): Message {
  return {
    role,
    content: content.map((part) => (typeof part === 'string' ? { type: 'text', text: part } : part)),
  }
}

const call = (callId: string, name = 'read'): ContentPart => ({
  type: 'toolCall',
  callId,
  name,
  input: { path: callId },
})
const result = (callId: string, text: string, isError?: boolean): ContentPart => ({
  type: 'toolResult',
  callId,
  content: [{ type: 'text', text }],
  ...(isError === undefined ? {} : { isError }),
})

describe('a conversation for llama.cpp', () => {
  it('keeps the three roles and their order', () => {
    const history = toChatHistory([
      message('system', 'Be short.'),
      message('user', 'Hello', 'again'),
      message('assistant', 'Hi.'),
      message('user', 'Bye'),
    ])
    assert.deepEqual(history, [
      { type: 'system', text: 'Be short.' },
      { type: 'user', text: 'Hello\n\nagain' },
      { type: 'model', response: ['Hi.'] },
      { type: 'user', text: 'Bye' },
    ])
  })

  it('puts each tool’s result beside its call, and goes on in the same turn', () => {
    const history = toChatHistory([
      message('user', 'Read both'),
      message('assistant', 'Reading.', call('1'), call('2')),
      message('user', result('2', 'second'), result('1', 'first')),
      message('assistant', 'Done.'),
    ])
    assert.deepEqual(history, [
      { type: 'user', text: 'Read both' },
      {
        type: 'model',
        response: [
          'Reading.',
          {
            type: 'functionCall',
            name: 'read',
            params: { path: '1' },
            result: 'first',
            startsNewChunk: true,
          },
          {
            type: 'functionCall',
            name: 'read',
            params: { path: '2' },
            result: 'second',
            startsNewChunk: false,
          },
          'Done.',
        ],
      },
    ])
  })

  it('says that a call was not run, that it failed, and keeps a result without its call', () => {
    const history = toChatHistory([
      message('assistant', call('1'), call('2')),
      message('user', result('2', 'no such file', true), result('lost', 'left over'), 'What now?'),
    ])
    const [turn, orphan, question] = history
    assert.ok(turn?.type === 'model')
    const [first, second] = turn.response
    assert.ok(typeof first === 'object' && first.type === 'functionCall')
    assert.equal(first.result, 'The tool was not run.')
    assert.ok(typeof second === 'object' && second.type === 'functionCall')
    assert.deepEqual(second.result, { error: 'no such file' })
    assert.deepEqual(orphan, { type: 'user', text: 'left over' })
    assert.deepEqual(question, { type: 'user', text: 'What now?' })
  })

  it('reads text and JSON attachments, and refuses images', () => {
    const data = (mimeType: string, text: string): ContentPart => ({
      type: 'data',
      mimeType,
      data: new TextEncoder().encode(text),
    })
    const history = toChatHistory([
      message('user', data('text/plain', 'plain'), data('application/json', '{"a":1}')),
    ])
    assert.deepEqual(history, [{ type: 'user', text: 'plain\n\n{"a":1}' }])
    assert.throws(
      () => toChatHistory([message('user', data('image/png', ''))]),
      (error) =>
        isModelError(error) && error.code === 'capability-unsupported' && /image\/png/.test(error.message),
    )
  })
})
