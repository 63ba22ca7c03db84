import assert from 'node:assert/strict'
import type { ResponsePart } from '../../../../src/core/chat.js'
import { isModelError } from '../../../../src/core/errors.js'
import type { ProviderChatRequest } from '../../../../src/core/provider.js'
import { ensureComplete } from '../../../../src/providers/shared/completeness.js'
import { createTransport } from '../../../../src/providers/shared/transport.js'
import { createProviderContext } from '../../../fakes/providerContext.js'

const request: ProviderChatRequest = {
  model: {
    connection: 'work',
    id: 'm',
    provider: 'x',
    name: 'M',
    family: 'm',
    version: '',
    location: 'cloud',
    capabilities: {},
    pricing: {},
    sources: {},
  },
  messages: [
    { role: 'user', content: [{ type: 'text', text: 'a question of forty characters, or nearly' }] },
  ],
}
const text: ResponsePart = { type: 'text', text: 'twelve chars' }
const finish: ResponsePart = { type: 'finish', reason: 'stop' }
const usageOf = (inputTokens: number): ResponsePart => ({
  type: 'usage',
  usage: {
    inputTokens,
    outputTokens: 1,
    cacheReadInputTokens: 0,
    cacheWriteInputTokens: 0,
    reasoningOutputTokens: 0,
    accuracy: 'exact',
  },
})

/** Parts as they come out, and the error's code. */
async function run(parts: readonly ResponsePart[], thrown?: unknown, signal?: AbortSignal) {
  const context = createProviderContext({
    provider: 'x',
    baseUrl: 'http://127.0.0.1:1',
    ...(signal ? { signal } : {}),
  })
  const transport = createTransport(context, {
    provider: { id: 'x', name: 'X', location: 'cloud' },
    kind: 'chat',
  })
  async function* source(): AsyncIterable<readonly ResponsePart[]> {
    yield parts
    if (thrown !== undefined) throw thrown
  }
  const seen: ResponsePart[] = []
  try {
    for await (const part of ensureComplete(source(), { request, context, transport })) seen.push(part)
  } catch (error) {
    return { seen, code: isModelError(error) ? error.code : String(error) }
  }
  return { seen, code: undefined }
}

describe('ensureComplete', () => {
  it('puts usage and finish at the end, the last usage winning', async () => {
    const { seen, code } = await run([usageOf(1), finish, text, usageOf(2)])
    assert.equal(code, undefined)
    assert.deepEqual(seen, [text, usageOf(2), finish])
  })
  it('estimates the usage of an answer that was not counted, and says that it has only guessed', async () => {
    const { seen } = await run([text, finish])
    const usage = seen[1]?.type === 'usage' ? seen[1].usage : undefined
    assert.deepEqual(
      [usage?.accuracy, usage?.outputTokens, (usage?.inputTokens ?? 0) > 5],
      ['estimated', 3, true],
    )
    assert.deepEqual(usage?.guessed, ['inputTokens', 'outputTokens'])
  })
  it('calls an end without finish incomplete, after the text and its usage', async () => {
    const { seen, code } = await run([text])
    assert.equal(code, 'incomplete')
    assert.deepEqual(
      seen.map(({ type }) => type),
      ['text', 'usage'],
    )
  })
  it('counts nothing where nothing came', async () => {
    assert.deepEqual(await run([]), { seen: [], code: 'incomplete' })
  })
  it('never finishes an answer that failed after its finish', async () => {
    const { seen, code } = await run([text, finish], new TypeError('late'))
    assert.equal(code, 'provider-error')
    assert.ok(!seen.includes(finish))
  })
  it('makes half an event incomplete, without quoting it', async () => {
    const { code } = await run([text], new SyntaxError('Unexpected token in "my diary"'))
    assert.equal(code, 'incomplete')
  })
  it('is cancelled, not incomplete, where a stream ends quietly on an abort', async () => {
    assert.equal((await run([text], undefined, AbortSignal.abort())).code, 'cancelled')
  })
  it('hands out nothing more once it is cancelled, a tool call least of all', async () => {
    const call: ResponsePart = { type: 'toolCall', callId: 'a', name: 'delete', input: {} }
    const { seen } = await run([text, call, finish], undefined, AbortSignal.abort())
    assert.deepEqual(seen, [])
  })
  it('fills in what the server did not count, and takes no less than it told', async () => {
    const told = (
      guessed: readonly ('inputTokens' | 'outputTokens')[],
      outputTokens: number,
    ): ResponsePart => {
      const usage = usageOf(7)
      if (usage.type !== 'usage') return usage
      return { type: 'usage', usage: { ...usage.usage, outputTokens, accuracy: 'estimated', guessed } }
    }
    const outputOf = async (part: ResponsePart): Promise<number | undefined> => {
      const { seen } = await run([text, part, finish])
      return seen[1]?.type === 'usage' ? seen[1].usage.outputTokens : undefined
    }
    assert.equal(await outputOf(told(['outputTokens'], 1)), 3)
    assert.equal(await outputOf(told(['outputTokens'], 50)), 50)
    assert.equal(await outputOf(told(['inputTokens'], 1)), 1)
  })
})
