import assert from 'node:assert/strict'
import type { ChatRequest } from '../../../../src/core/chat.js'
import { type Complexity, readComplexity } from '../../../../src/core/routing/complexity.js'
import { measureProcessorMs } from '../../../fakes/processorTime.js'

interface Case {
  readonly text: string
  readonly tokens?: number
  readonly request?: Partial<ChatRequest>
  readonly complexity: Complexity
}

const tools = (count: number) =>
  Array.from({ length: count }, (_, at) => ({ name: `t${at}`, description: '' }))

const cases: readonly Case[] = [
  { text: 'Hello', complexity: 'simple' },
  { text: 'What is a monad?', complexity: 'simple' },
  { text: 'Write a commit message for this', tokens: 1_500, complexity: 'simple' },
  { text: 'Translate “deadlock” into French', complexity: 'moderate' },
  { text: 'Make this shorter:\n```ts\nconst a = 1\n```', complexity: 'moderate' },
  { text: 'Why does this test fail?', request: { tools: tools(3) }, complexity: 'moderate' },
  { text: 'Go on', tokens: 20_000, complexity: 'moderate' },
  { text: 'Refactor this class:\nclass A {\n}', tokens: 3_000, complexity: 'complex' },
  { text: 'Implement it', tokens: 30_000, request: { tools: tools(20) }, complexity: 'complex' },
  { text: 'Prove it', request: { parameters: { reasoningEffort: 'high' } }, complexity: 'complex' },
]

describe('readComplexity', () => {
  for (const { text, tokens = 50, request, complexity } of cases) {
    it(`finds ${JSON.stringify(text)} at ${tokens} tokens ${complexity}`, () => {
      const reading = readComplexity(
        {
          model: { connection: 'auto', id: '' },
          messages: [
            { role: 'user', content: [{ type: 'text', text }] },
            { role: 'assistant', content: [{ type: 'text', text: 'Implement, refactor, prove.' }] },
          ],
          caller: { door: 'api' },
          ...request,
        },
        tokens,
      )
      assert.equal(reading.complexity, complexity, reading.signs.join(', '))
    })
  }

  it('reads no more than the two ends of a long question, and computes less than 50 ms', () => {
    const text = `${'a '.repeat(500_000)} refactor ${'b '.repeat(500_000)}`
    const request: ChatRequest = {
      model: { connection: 'auto', id: '' },
      messages: [{ role: 'user', content: [{ type: 'text', text }] }],
      caller: { door: 'api' },
    }
    const took = measureProcessorMs(() => assert.deepEqual(readComplexity(request, 0).signs, []))
    assert.ok(took < 50, `${took} ms`)
  })
})
