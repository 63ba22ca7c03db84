import assert from 'node:assert/strict'
import * as vscode from 'vscode'
import { writeAnswerNote } from '../../src/vscode/answerNote.js'
import { toMessages, toTools, usagePart } from '../../src/vscode/convert.js'
import { markerMimeType, writeMarker } from '../../src/vscode/reasoningMarker.js'

function message(
  role: vscode.LanguageModelChatMessageRole,
  content: vscode.LanguageModelChatRequestMessage['content'],
): vscode.LanguageModelChatRequestMessage {
  return { role, content, name: undefined }
}

const { User, Assistant } = vscode.LanguageModelChatMessageRole

describe('toMessages', () => {
  it('takes role 3, which the typings do not name, as the system prompt', () => {
    const system: number = 3
    const [converted] = toMessages([message(system, [new vscode.LanguageModelTextPart('Be brief.')])])
    assert.deepEqual(converted, { role: 'system', content: [{ type: 'text', text: 'Be brief.' }] })
  })

  it('leaves out what Roundhouse wrote behind an answer, and nothing that a user wrote', () => {
    const note = writeAnswerNote('Answered by Large through Work.')
    const parts = (text: string) => [new vscode.LanguageModelTextPart(text)]
    const converted = toMessages([
      message(Assistant, parts(`Seven.${note}`)),
      message(Assistant, [...parts('Eight.'), ...parts(note)]),
      message(User, parts(`What is “${note}”?`)),
    ])
    assert.deepEqual(
      converted.map(({ content }) => content),
      [
        [{ type: 'text', text: 'Seven.' }],
        [{ type: 'text', text: 'Eight.' }],
        [{ type: 'text', text: `What is “${note}”?` }],
      ],
    )
  })

  it('keeps a tool call and its result paired by the call id', () => {
    const converted = toMessages([
      message(Assistant, [new vscode.LanguageModelToolCallPart('c1', 'read', { path: 'a' })]),
      message(User, [
        new vscode.LanguageModelToolResultPart('c1', [
          new vscode.LanguageModelTextPart('contents'),
          vscode.LanguageModelDataPart.image(new Uint8Array([1, 2]), 'image/png'),
        ]),
      ]),
    ])
    assert.deepEqual(converted, [
      {
        role: 'assistant',
        content: [{ type: 'toolCall', callId: 'c1', name: 'read', input: { path: 'a' } }],
      },
      {
        role: 'user',
        content: [
          {
            type: 'toolResult',
            callId: 'c1',
            content: [
              { type: 'text', text: 'contents' },
              { type: 'data', mimeType: 'image/png', data: new Uint8Array([1, 2]) },
            ],
          },
        ],
      },
    ])
  })

  it('ignores markers of other extensions instead of taking them for images', () => {
    const data = new Uint8Array([1])
    const converted = toMessages([
      message(User, [
        new vscode.LanguageModelTextPart('hi'),
        new vscode.LanguageModelDataPart(data, 'cache_control'),
        new vscode.LanguageModelDataPart(data, 'context_management'),
        new vscode.LanguageModelDataPart(data, 'phase_data'),
      ]),
    ])
    assert.deepEqual(converted, [{ role: 'user', content: [{ type: 'text', text: 'hi' }] }])
  })

  it('gives text and JSON data as text', () => {
    const [converted] = toMessages([
      message(User, [
        vscode.LanguageModelDataPart.text('plain', 'text/plain'),
        vscode.LanguageModelDataPart.json({ a: 1 }, 'application/json'),
      ]),
    ])
    assert.deepEqual(converted?.content, [
      { type: 'text', text: 'plain' },
      { type: 'text', text: JSON.stringify({ a: 1 }, undefined, '\t') },
    ])
  })

  it('renders a prompt-tsx result as its text', () => {
    const tree = { node: { children: [{ text: 'one ' }, { children: [{ text: 'two' }] }] } }
    const [converted] = toMessages([
      message(User, [
        new vscode.LanguageModelToolResultPart('c', [new vscode.LanguageModelPromptTsxPart(tree)]),
      ]),
    ])
    assert.deepEqual(converted?.content, [
      { type: 'toolResult', callId: 'c', content: [{ type: 'text', text: 'one two' }] },
    ])
  })

  it('restores the reasoning that a marker carries over from an earlier turn', () => {
    const part = {
      type: 'reasoning' as const,
      text: '',
      state: { provider: 'anthropic', model: 'm', value: { signature: 's' } },
    }
    const [converted] = toMessages([
      message(Assistant, [
        new vscode.LanguageModelTextPart('answer'),
        new vscode.LanguageModelDataPart(writeMarker('home/m', [{ part, callsBefore: 0 }]), markerMimeType),
      ]),
    ])
    assert.deepEqual(converted?.content, [part, { type: 'text', text: 'answer' }])
  })

  it('leaves out a message of which nothing remains', () => {
    assert.deepEqual(toMessages([message(User, [])]), [])
  })
})

describe('toTools', () => {
  it('passes the input schema on, and none where there is none', () => {
    const inputSchema = { type: 'object', properties: { path: { type: 'string' } } }
    assert.deepEqual(
      toTools([
        { name: 'read', description: 'Reads.', inputSchema },
        { name: 'list', description: 'Lists.' },
      ]),
      [
        { name: 'read', description: 'Reads.', inputSchema },
        { name: 'list', description: 'Lists.' },
      ],
    )
  })
})

describe('usagePart', () => {
  it('has all the three numbers that Chat insists on', () => {
    const part = usagePart({
      inputTokens: 10,
      outputTokens: 5,
      cacheReadInputTokens: 4,
      cacheWriteInputTokens: 0,
      reasoningOutputTokens: 1,
      accuracy: 'exact',
    })
    assert.equal(part.mimeType, 'usage')
    assert.deepEqual(JSON.parse(new TextDecoder().decode(part.data)), {
      prompt_tokens: 10,
      completion_tokens: 5,
      total_tokens: 15,
      prompt_tokens_details: { cached_tokens: 4 },
    })
  })
})
