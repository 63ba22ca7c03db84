import assert from 'node:assert/strict'
import type { ContentPart, Message } from '../../../../../src/core/chat.js'
import type { Capabilities, ModelInfo } from '../../../../../src/core/model.js'
import { toChatBody } from '../../../../../src/providers/shared/chatWire/request.js'
import { standardWire } from '../../../../../src/providers/shared/chatWire/wire.js'
import { createToolNames } from '../../../../../src/providers/shared/toolSchema.js'
import { createConnection } from '../../../../fakes/scriptedProvider.js'

const modelWith = (capabilities: Capabilities): ModelInfo => ({
  connection: 'work',
  id: 'm',
  provider: 'x',
  name: 'M',
  family: 'm',
  version: '',
  location: 'cloud',
  capabilities,
  pricing: {},
  sources: {},
})
const toMessages = (
  messages: readonly Message[],
  capabilities: Capabilities = {},
  facts: Partial<ModelInfo> = {},
) =>
  toChatBody(
    { model: { ...modelWith(capabilities), ...facts }, messages },
    {
      provider: 'x',
      connection: createConnection(),
      wire: standardWire,
      toolNames: createToolNames([]),
      streamUsage: true,
    },
  )['messages']

const text = (value: string): ContentPart => ({ type: 'text', text: value })
const image: ContentPart = { type: 'data', mimeType: 'image/png', data: new Uint8Array([1, 2, 3]) }
const thought = (provider: string, model = 'm'): ContentPart => ({
  type: 'reasoning',
  text: 'hm',
  state: { provider, model, value: { field: 'reasoning', text: 'hm' } },
})
const call: ContentPart = { type: 'toolCall', callId: 'c', name: 'f', input: { x: 1 } }
const result: ContentPart = { type: 'toolResult', callId: 'c', content: [{ type: 'text', text: 'r' }] }
const user = (...content: ContentPart[]): Message => ({ role: 'user', content })
const assistant = (...content: ContentPart[]): Message => ({ role: 'assistant', content })

describe('toChatMessages', () => {
  it('joins the pieces of an answer without a gap, and the texts of a question with one', () => {
    assert.deepEqual(toMessages([user(text('a'), text('b')), assistant(text('c'), text('d'))]), [
      { role: 'user', content: 'a\n\nb' },
      { role: 'assistant', content: 'cd' },
    ])
  })
  it('sends reasoning back while its calls are answered', () => {
    assert.deepEqual(toMessages([user(text('q')), assistant(thought('x'), call), user(result)]), [
      { role: 'user', content: 'q' },
      {
        role: 'assistant',
        content: null,
        reasoning: 'hm',
        tool_calls: [{ id: 'c', type: 'function', function: { name: 'f', arguments: '{"x":1}' } }],
      },
      { role: 'tool', tool_call_id: 'c', content: 'r' },
    ])
  })
  for (const [what, messages] of [
    [
      'once the next question is asked',
      [user(text('q')), assistant(thought('x'), call), user(result), assistant(text('a')), user(text('q2'))],
    ],
    ['of another provider', [user(text('q')), assistant(thought('y'), call), user(result)]],
    ['of another model', [user(text('q')), assistant(thought('x', 'n'), call), user(result)]],
  ] as const) {
    it(`sends no reasoning ${what}`, () => assert.ok(!JSON.stringify(toMessages(messages)).includes('hm')))
  }
  it('refuses an image that was just given to a model without eyes, and names what to do', () => {
    assert.throws(() => toMessages([user(image)], { imageInput: false }), { code: 'capability-unsupported' })
  })
  it('describes older images and those of tools to a model without eyes', () => {
    const shown = toMessages([user(image, text('q')), assistant(text('a')), user(text('q2'))], {
      imageInput: false,
    })
    assert.deepEqual(shown, [
      { role: 'user', content: '[image/png left out: this model does not take it]\n\nq' },
      { role: 'assistant', content: 'a' },
      { role: 'user', content: 'q2' },
    ])
  })
  it('tries an image where nobody knows', () => {
    assert.match(JSON.stringify(toMessages([user(image)])), /data:image\/png;base64,AQID/)
  })
  it('keeps the system’s text first, or in the question for a model without that role', () => {
    const messages: Message[] = [user(text('q')), { role: 'system', content: [text('s')] }]
    assert.deepEqual(toMessages(messages), [
      { role: 'system', content: 's' },
      { role: 'user', content: 'q' },
    ])
    assert.deepEqual(toMessages(messages, { systemRole: false }), [{ role: 'user', content: 's\n\nq' }])
  })
  it('sends a PDF as a file where the model is known to take it, that of a tool behind its result', () => {
    const pdf: ContentPart = { type: 'data', mimeType: 'application/pdf', data: new Uint8Array([1, 2, 3]) }
    const file = {
      type: 'file',
      file: { filename: 'document.pdf', file_data: 'data:application/pdf;base64,AQID' },
    }
    const answered: ContentPart = { type: 'toolResult', callId: 'c', content: [pdf] }
    const turns = [user(text('q')), assistant(call), user(answered)]
    const facts: Partial<ModelInfo> = { inputModalities: ['text', 'pdf'] }
    assert.deepEqual(toMessages([user(pdf)], {}, facts), [{ role: 'user', content: [file] }])
    assert.deepEqual([toMessages(turns, {}, facts)].flat(2).slice(2), [
      { role: 'tool', tool_call_id: 'c', content: '[file: see the next message]' },
      { role: 'user', content: [{ type: 'text', text: 'Files of the tool result c:' }, file] },
    ])
    assert.throws(() => toMessages([user(pdf)]), { code: 'capability-unsupported' })
  })
})
