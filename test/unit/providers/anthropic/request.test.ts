import assert from 'node:assert/strict'
import type { ChatParameters, Message } from '../../../../src/core/chat.js'
import type { ApiVersion } from '../../../../src/providers/anthropic/options.js'
import { messagesRules, toMessageParams } from '../../../../src/providers/anthropic/request.js'
import { anthropic } from '../../../../src/providers/anthropic.js'
import { createToolNames } from '../../../../src/providers/shared/toolSchema.js'
import { createModel } from '../../../fakes/providerCalls.js'
import { createConnection } from '../../../fakes/scriptedProvider.js'

const say = (role: Message['role'], text: string): Message => ({ role, content: [{ type: 'text', text }] })
const tools = [
  { name: 'look', description: 'Looks.' },
  { name: 'find', description: '' },
]

function build(messages: readonly Message[], fields: Readonly<Record<string, string>> = {}) {
  const model = createModel(anthropic, 'claude-test-4-8')
  return toMessageParams(
    { model, messages, tools },
    { connection: createConnection({ fields }), names: createToolNames(tools), support: undefined },
  )
}

/** Where a request's breakpoints are, as paths. */
function marks(value: unknown, path = ''): readonly string[] {
  if (typeof value !== 'object' || value === null) return []
  const own = 'cache_control' in value ? [path] : []
  return [...own, ...Object.entries(value).flatMap(([key, item]) => marks(item, `${path}/${key}`))]
}

describe('the request to Claude', () => {
  const turns = [
    say('system', 'Be brief.'),
    say('user', 'One'),
    say('assistant', '1'),
    say('user', 'Two'),
    say('assistant', '2'),
    say('user', 'Three'),
  ]

  it('marks tools, system prompt and the user’s last two turns for the cache, which are all the marks allowed', () => {
    assert.deepEqual(marks(build(turns)).toSorted(), [
      '/messages/2/content/0',
      '/messages/4/content/0',
      '/system/0',
      '/tools/1',
    ])
  })

  it('lets the next request find this one’s prefix', () => {
    const next = build([...turns, say('assistant', '3'), say('user', 'Four')])
    const before = marks(build(turns)).filter((path) => path.startsWith('/messages'))
    assert.ok(before.some((path) => marks(next).includes(path)))
  })

  it('keeps the cache for an hour, or not at all, as the connection says', () => {
    assert.deepEqual(build(turns, { promptCaching: '1h' }).tools?.[1]?.cache_control, {
      type: 'ephemeral',
      ttl: '1h',
    })
    assert.deepEqual(marks(build(turns, { promptCaching: 'off' })), [])
  })
})

describe('what may be sent to Claude', () => {
  const rulesOf = (version: ApiVersion) => messagesRules(version)
  const refused = (parameters: ChatParameters) =>
    rulesOf('2023-06-01').refuses?.({
      model: createModel(anthropic, 'claude-test-4-8'),
      messages: [],
      parameters,
    })

  it('holds the sampling knobs with the older API version alone', () => {
    const sampling = ['temperature', 'topP', 'topK'] as const
    assert.deepEqual(
      sampling.map((name) => rulesOf('2026-10-21').takes.includes(name)),
      [false, false, false],
    )
    assert.deepEqual(
      sampling.map((name) => rulesOf('2023-06-01').takes.includes(name)),
      [true, true, true],
    )
  })

  it('holds none of them where the model thinks, and not two that exclude each other', () => {
    assert.deepEqual(refused({ reasoningEffort: 'low' }), ['temperature', 'topP', 'topK'])
    assert.deepEqual(refused({ reasoningEffort: 'none', temperature: 1, topP: 1 }), ['topP'])
    assert.deepEqual(refused({ topP: 1 }), [])
  })

  it('holds no JSON without a schema', () => {
    assert.deepEqual(refused({ responseFormat: { type: 'json' } }), ['responseFormat'])
    assert.deepEqual(refused({ responseFormat: { type: 'jsonSchema', name: 'a', schema: {} } }), [])
  })
})
