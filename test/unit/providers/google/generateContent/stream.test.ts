import assert from 'node:assert/strict'
import { FinishReason } from '@google/genai'
import type { ResponsePart } from '../../../../../src/core/chat.js'
import { isModelError, ModelError } from '../../../../../src/core/errors.js'
import { createContentReader } from '../../../../../src/providers/google/generateContent/stream.js'
import { createGeminiNames } from '../../../../../src/providers/google/names.js'
import type { Subject } from '../../../../../src/providers/shared/subject.js'

const subject: Subject = {
  provider: 'google',
  providerName: 'Google Gemini',
  connection: 'Google Gemini',
  host: 'gemini.test',
  location: 'cloud',
  secrets: () => [],
}

function createReader(callIds: readonly string[] = []) {
  return createContentReader({
    subject,
    model: 'gemini-3.7-flash',
    names: createGeminiNames([]),
    callIds: new Set(callIds),
    bodyError: (body) => new ModelError({ code: 'content-filtered', message: JSON.stringify(body) }),
  })
}

const chunk = (parts: readonly object[], rest: object = {}) => ({
  candidates: [{ content: { parts, role: 'model' }, index: 0, ...rest }],
})

function read(chunks: readonly Record<string, unknown>[], reader = createReader()): ResponsePart[] {
  return [...chunks.flatMap((each) => [...reader.read(each)]), ...reader.end()]
}

const finishOf = (parts: readonly ResponsePart[]) => parts.find((part) => part.type === 'finish')?.reason

describe('an answer of generateContent', () => {
  it('ends as every finish reason of the official client says', () => {
    const ends = Object.values(FinishReason).map((finishReason): [string, string] => {
      try {
        return [finishReason, String(finishOf(read([chunk([{ text: 'It' }], { finishReason })])))]
      } catch (thrown) {
        assert.ok(isModelError(thrown) && thrown.retryable)
        assert.match(thrown.message, /broke off the answer .+: .+\. Try again/)
        return [finishReason, thrown.code]
      }
    })
    assert.equal(ends.length, 20)
    const named = (reason: string) => ends.filter(([, each]) => each === reason).map(([name]) => name)
    assert.deepEqual(named('stop'), ['FINISH_REASON_UNSPECIFIED', 'STOP', 'NO_IMAGE'])
    assert.deepEqual(named('length'), ['MAX_TOKENS', 'CONTINUATION'])
    assert.deepEqual(named('contentFilter').toSorted(), [
      'BLOCKLIST',
      'IMAGE_OTHER',
      'IMAGE_PROHIBITED_CONTENT',
      'IMAGE_RECITATION',
      'IMAGE_SAFETY',
      'LANGUAGE',
      'PROHIBITED_CONTENT',
      'RECITATION',
      'SAFETY',
      'SPII',
    ])
    assert.deepEqual(named('provider-error').toSorted(), [
      'MALFORMED_FUNCTION_CALL',
      'MALFORMED_RESPONSE',
      'OTHER',
      'TOO_MANY_TOOL_CALLS',
      'UNEXPECTED_TOOL_CALL',
    ])
  })

  it('takes an unknown reason for an end that no cache keeps', () => {
    assert.equal(finishOf(read([chunk([{ text: 'It' }], { finishReason: 'NEW_REASON' })])), 'other')
  })

  it('goes on behind a first finish reason, and counts by the last', () => {
    const counted = (candidatesTokenCount: number) => ({
      usageMetadata: { promptTokenCount: 5, candidatesTokenCount },
    })
    const reader = createReader()
    const first = [...reader.read({ ...chunk([{ text: 'It' }], { finishReason: 'STOP' }), ...counted(1) })]
    assert.equal(reader.isTold(), true)
    const rest = [
      ...reader.read({ ...chunk([{ text: ' is' }], { finishReason: 'STOP' }), ...counted(2) }),
      ...reader.read({ ...chunk([], { finishReason: 'MAX_TOKENS' }), ...counted(3) }),
    ]
    // Such a stream is only whole at the end of its body.
    assert.equal(reader.isTold(), false)
    const parts = [...first, ...rest, ...reader.end()]
    assert.equal(parts.map((part) => (part.type === 'text' ? part.text : '')).join(''), 'It is')
    assert.equal(finishOf(parts), 'length')
    assert.equal(parts.find((part) => part.type === 'usage')?.usage.outputTokens, 3)
  })

  it('is a failure where one of its reasons says so, and is still counted', () => {
    const reader = createReader()
    const usageMetadata = { promptTokenCount: 5, candidatesTokenCount: 2 }
    for (const _ of reader.read({ ...chunk([{ text: 'It' }], { finishReason: 'MALFORMED_FUNCTION_CALL' }) }));
    for (const _ of reader.read({ ...chunk([], { finishReason: 'STOP' }), usageMetadata }));
    const parts: ResponsePart[] = []
    assert.throws(
      () => {
        for (const part of reader.end()) parts.push(part)
      },
      { code: 'provider-error', message: /a form that cannot be read/ },
    )
    assert.deepEqual(
      parts.map((part) => part.type === 'usage' && part.usage.outputTokens),
      [2],
    )
  })

  describe('with arguments that come in pieces', () => {
    const piece = (functionCall: object) => chunk([{ functionCall }])
    const inputsOf = (parts: readonly ResponsePart[]) =>
      parts.filter((part) => part.type === 'toolCall').map(({ name, input }) => [name, input])
    const stop = chunk([], { finishReason: 'STOP' })

    it('puts them together, each value in its place', () => {
      const parts = read([
        piece({ name: 'paint', id: 'p', willContinue: true }),
        piece({
          partialArgs: [{ jsonPath: '$.room.walls[0]', stringValue: 'dark ', willContinue: true }],
          willContinue: true,
        }),
        piece({
          partialArgs: [{ jsonPath: '$.room.walls[0]', stringValue: 'red', willContinue: true }],
          willContinue: true,
        }),
        piece({ partialArgs: [{ jsonPath: '$.room.walls[0]' }], willContinue: true }),
        piece({
          partialArgs: [
            { jsonPath: "$['room']['walls'][1]", stringValue: '' },
            { jsonPath: '$.coats', numberValue: 0 },
            { jsonPath: '$.wet', boolValue: false },
            { jsonPath: '$["by.whom"]', nullValue: 'NULL_VALUE' },
          ],
          willContinue: true,
        }),
        piece({}),
        piece({ name: 'look', args: { at: 'it' } }),
        stop,
      ])
      assert.deepEqual(inputsOf(parts), [
        ['paint', { room: { walls: ['dark red', ''] }, coats: 0, wet: false, 'by.whom': null }],
        ['look', { at: 'it' }],
      ])
      assert.equal(finishOf(parts), 'toolCalls')
    })

    const paint = { name: 'paint', willContinue: true }
    const set = (jsonPath: string, value: object = { numberValue: 1 }) =>
      piece({ partialArgs: [{ jsonPath, ...value }], willContinue: true })
    const broken: Readonly<Record<string, readonly Record<string, unknown>[]>> = {
      'that never end': [piece(paint), set('$.coats')],
      'that end with the next call': [piece(paint), set('$.coats'), piece({ name: 'look', args: {} })],
      'without a call': [set('$.coats')],
      'at no place': [piece(paint), set('coats'), piece({})],
      'at any place': [piece(paint), set('$..coats'), piece({})],
      'behind a gap': [piece(paint), set('$.walls[4000000000]'), piece({})],
      'in a text': [piece(paint), set('$.a', { stringValue: 'x' }), set('$.a.b'), piece({})],
      'twice with different values': [piece(paint), set('$.a'), set('$.a', { numberValue: 2 }), piece({})],
      'that are a list': [piece({ name: 'paint', args: [1] })],
      'that are half a text': [piece({ name: 'paint', args: '{"a":' })],
    }
    for (const [what, chunks] of Object.entries(broken)) {
      it(`refuses a call whose arguments come ${what}, and never runs it`, () => {
        const reader = createReader()
        const parts: ResponsePart[] = []
        assert.throws(
          () => {
            for (const each of [...chunks, stop]) parts.push(...reader.read(each))
            parts.push(...reader.end())
          },
          { code: 'provider-error', retryable: true },
        )
        assert.ok(!inputsOf(parts).some(([name]) => name === 'paint'))
      })
    }

    it('makes no call, and no error, of what the limit cut off', () => {
      const parts = read([piece(paint), set('$.coats'), chunk([], { finishReason: 'MAX_TOKENS' })])
      assert.deepEqual([inputsOf(parts), finishOf(parts)], [[], 'length'])
    })

    it('changes no object but the arguments', () => {
      read([piece(paint), set('$.__proto__.polluted'), piece({}), stop])
      assert.equal(Reflect.get({}, 'polluted'), undefined)
    })
  })

  it('is no answer where the prompt was blocked, and still counts it', () => {
    const reader = createReader()
    const parts: ResponsePart[] = []
    const block = {
      promptFeedback: { blockReason: 'PROHIBITED_CONTENT' },
      usageMetadata: { promptTokenCount: 9 },
    }
    assert.throws(
      () => {
        for (const part of reader.read(block)) parts.push(part)
      },
      { code: 'content-filtered', message: /content_blocked.+prohibited content/ },
    )
    assert.equal(parts[0]?.type === 'usage' && parts[0].usage.inputTokens, 9)
  })

  it('never calls a tool with other arguments than the model gave', () => {
    const call = (args: unknown) =>
      chunk([{ functionCall: { name: 'read', args } }], { finishReason: 'STOP' })
    const inputs = (args: unknown) =>
      read([call(args)]).flatMap((part) => (part.type === 'toolCall' ? [part.input] : []))
    assert.deepEqual(inputs('{"x":1}'), [{ x: 1 }])
    assert.deepEqual(inputs(undefined), [{}])
    for (const args of ['{"x":', [1], 7])
      assert.throws(() => inputs(args), { code: 'provider-error', message: /not a JSON object/ })
  })

  it('gives calls of one id an id each', () => {
    const calls = chunk(
      [{ functionCall: { name: 'read', id: 'a' } }, { functionCall: { name: 'read', id: 'a' } }],
      { finishReason: 'STOP' },
    )
    const ids = read([calls]).flatMap((part) => (part.type === 'toolCall' ? [part.callId] : []))
    assert.deepEqual([ids.length, new Set(ids).size], [2, 2])
  })

  it('counts thoughts and the results of tools on top, and what was cached as part of the prompt', () => {
    const usageMetadata = {
      promptTokenCount: 100,
      cachedContentTokenCount: 60,
      toolUsePromptTokenCount: 5,
      candidatesTokenCount: 20,
      thoughtsTokenCount: 30,
      totalTokenCount: 155,
    }
    const parts = read([{ ...chunk([{ text: 'It' }], { finishReason: 'STOP' }), usageMetadata }])
    assert.deepEqual(
      parts.find((part) => part.type === 'usage'),
      {
        type: 'usage',
        usage: {
          inputTokens: 105,
          outputTokens: 50,
          cacheReadInputTokens: 60,
          cacheWriteInputTokens: 0,
          reasoningOutputTokens: 30,
          accuracy: 'exact',
        },
      },
    )
  })

  it('gives calls without ids new ones, the same on every reading and none of the conversation’s', () => {
    const call = { functionCall: { name: 'look', args: {} } }
    const ids = () =>
      read([chunk([call, call]), chunk([call], { finishReason: 'STOP' })], createReader(['call_0', 'call_3']))
        .filter((part) => part.type === 'toolCall')
        .map(({ callId }) => callId)
    assert.equal(new Set([...ids(), 'call_0', 'call_3']).size, 5)
    assert.deepEqual(ids(), ids())
  })

  it('keeps the signature of a call before it, and that of a text behind it', () => {
    const parts = read([
      chunk([{ text: 'Look: ', thoughtSignature: 'dGV4dA==' }]),
      chunk([{ functionCall: { id: 'f1', name: 'look', args: { at: 'it' } }, thoughtSignature: 'Y2FsbA==' }]),
      chunk([{ text: '' }], { finishReason: 'STOP' }),
    ])
    assert.deepEqual(
      parts.map((part) => (part.type === 'reasoning' ? part.state?.value : part.type)),
      [
        'text',
        { api: 'generateContent', item: { text: '', thoughtSignature: 'dGV4dA==' } },
        { api: 'generateContent', callId: 'f1', signature: 'Y2FsbA==' },
        'toolCall',
        'finish',
      ],
    )
    assert.equal(finishOf(parts), 'toolCalls')
  })

  it('passes on pictures, but none that the model only thought of', () => {
    const inlineData = { mimeType: 'image/png', data: 'iVBORw0KGgo=' }
    const parts = read([chunk([{ inlineData, thought: true }, { inlineData }], { finishReason: 'STOP' })])
    const pictures = parts.filter((part) => part.type === 'data')
    assert.deepEqual(
      pictures.map(({ mimeType, data }) => [mimeType, data.length]),
      [['image/png', 8]],
    )
  })
})
