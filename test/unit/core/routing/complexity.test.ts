import assert from 'node:assert/strict'
import type { ChatRequest, Message } from '../../../../src/core/chat.js'
import { type Complexity, readComplexity } from '../../../../src/core/routing/complexity.js'
import { measureProcessorMs } from '../../../fakes/processorTime.js'
import { agentMessages, agentTools, inAgentMessage, toolRound } from '../../../fakes/vscodeChat.js'

interface Case {
  readonly text: string
  readonly request?: Partial<ChatRequest>
  readonly complexity: Complexity
}

const tools = (count: number) =>
  Array.from({ length: count }, (_, at) => ({ name: `t${at}`, description: '' }))

const cases: readonly Case[] = [
  { text: 'Hello', complexity: 'simple' },
  { text: 'What is a monad?', complexity: 'simple' },
  { text: 'Write a commit message for this', complexity: 'simple' },
  { text: 'Go on', complexity: 'simple' },
  { text: 'How many locomotives are there?', request: { tools: tools(40) }, complexity: 'simple' },
  { text: 'Translate “deadlock” into French', complexity: 'moderate' },
  { text: 'Make this shorter:\n```ts\nconst a = 1\n```', complexity: 'moderate' },
  { text: 'Why does this test fail?', request: { tools: tools(3) }, complexity: 'moderate' },
  { text: `Say in one word what this is: ${'it rains '.repeat(200)}`, complexity: 'moderate' },
  { text: 'Implement it', request: { tools: tools(20) }, complexity: 'moderate' },
  { text: 'Refactor this class:\nclass A {\n}', complexity: 'complex' },
  { text: 'Implement it end to end, and say why', complexity: 'complex' },
  { text: 'Prove it', request: { parameters: { reasoningEffort: 'high' } }, complexity: 'complex' },
]

const requestWith = (messages: readonly Message[], request: Partial<ChatRequest> = {}): ChatRequest => ({
  model: { connection: 'auto', id: '' },
  messages,
  caller: { door: 'api' },
  ...request,
})

const said = (role: Message['role'], text: string): Message => ({ role, content: [{ type: 'text', text }] })

describe('readComplexity', () => {
  for (const { text, request, complexity } of cases) {
    it(`finds ${JSON.stringify(text.slice(0, 60))} ${complexity}, by itself and in VS Code’s Chat`, () => {
      const answer = said('assistant', 'Implement, refactor, prove.')
      const alone = readComplexity(requestWith([said('user', text), answer], request))
      assert.equal(alone.complexity, complexity, alone.signs.join(', '))
      for (const tag of ['userRequest', 'user_query', 'prompt']) {
        for (const rest of [[], toolRound, [...toolRound, ...toolRound]]) {
          const inChat = requestWith([...agentMessages(text, tag), ...rest], {
            tools: agentTools,
            ...request,
          })
          assert.deepEqual(readComplexity(inChat), alone)
        }
      }
    })
  }

  it('judges the latest question of a long conversation, however hard the earlier ones were', () => {
    const hard = agentMessages('Refactor it step by step, and prove why it is right:\nclass Cart {')
    const earlier = Array.from({ length: 20 }, () => [...hard, said('assistant', 'Done.')]).flat()
    assert.equal(
      readComplexity(requestWith([...earlier, ...agentMessages('What is a closure?')])).complexity,
      'simple',
    )
    const easy = [...agentMessages('Hello'), said('assistant', 'Hello.')]
    assert.equal(readComplexity(requestWith([...easy, ...hard])).complexity, 'complex')
  })

  it('leaves out what is attached where no tag marks the question', () => {
    const context = '<context>\nWhy? Refactor, debug and prove it:\n```\nclass Cart {\n```\n</context>\n'
    const attached = '<attachment id="a">\nclass A {\n</attachment>'
    for (const text of [`${context}What is this?`, `What is this?\n${context}${attached}`])
      assert.equal(readComplexity(requestWith([said('user', text)])).complexity, 'simple', text)
    const html = '<main>\nWhy does this deadlock?\n</main>'
    assert.equal(readComplexity(requestWith([said('user', html)])).complexity, 'complex')
    const unclosed = '<context>\nWhy does this deadlock?'
    assert.equal(readComplexity(requestWith([said('user', unclosed)])).complexity, 'complex')
  })

  it('counts an image of the question, and none of an earlier one', () => {
    const image = { type: 'data', mimeType: 'image/png', data: new Uint8Array(1) } as const
    const shown: Message = { role: 'user', content: [{ type: 'text', text: 'What is this?' }, image] }
    const asked: Message = { role: 'user', content: [{ type: 'text', text: 'Draw it.' }, image] }
    assert.deepEqual(readComplexity(requestWith([asked])).signs, ['images'])
    assert.deepEqual(readComplexity(requestWith([shown, said('user', 'Go on')])).signs, [])
  })

  it('looks for words at the two ends of a long question alone, and computes less than 50 ms', () => {
    const inside = `${'a '.repeat(500_000)} refactor ${'b '.repeat(500_000)}`
    const tags = '<context>\n'.repeat(20_000)
    for (const text of [
      inside,
      tags,
      `${tags}</attachments>`.repeat(2),
      `${inside}${inAgentMessage('Go on')}`,
    ]) {
      const request = requestWith([said('user', text)])
      const took = measureProcessorMs(() =>
        assert.deepEqual(
          readComplexity(request).signs.filter((sign) => !sign.startsWith('a question over')),
          [],
        ),
      )
      assert.ok(took < 50, `${took} ms`)
    }
  })
})
