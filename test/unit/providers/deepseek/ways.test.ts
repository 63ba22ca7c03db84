import assert from 'node:assert/strict'
import type { ReasoningEffort } from '../../../../src/core/chat.js'
import { deepseek } from '../../../../src/providers/deepseek.js'
import { type Asked, createMemberReader, readFixture, streamReply } from '../../../fakes/providerCalls.js'
import { useWireServer } from '../../../fakes/wireServer.js'

const reply = streamReply('text/event-stream', readFixture('deepseek/text.sse'))

describe('the thinking of DeepSeek’s models', () => {
  const server = useWireServer()

  const memberOf = createMemberReader(deepseek, server, reply)

  const withEffort = (id: string, reasoningEffort?: ReasoningEffort): Asked => ({
    id,
    ...(reasoningEffort === undefined ? {} : { parameters: { reasoningEffort } }),
  })
  for (const [wanted, thinking, effort] of [
    [undefined, undefined, undefined],
    ['none', { type: 'disabled' }, undefined],
    ['minimal', { type: 'enabled' }, 'low'],
    ['high', { type: 'enabled' }, 'high'],
    ['max', { type: 'enabled' }, 'max'],
  ] as const) {
    it(`is asked as ${effort ?? 'no effort'} where ${wanted ?? 'nothing'} is wanted`, async () => {
      const asked = withEffort('deepseek-v4-flash', wanted)
      assert.deepEqual(await memberOf(asked, 'thinking'), thinking)
      assert.equal(await memberOf(asked, 'reasoning_effort'), effort)
    })
  }

  const tools = [{ name: 'look', description: 'Looks.' }]
  for (const [id, wanted, choice] of [
    ['deepseek-v4-flash', undefined, 'auto'],
    ['deepseek-v4-flash', 'none', 'required'],
    ['deepseek-chat', undefined, 'required'],
    ['deepseek-chat', 'high', 'auto'],
  ] as const) {
    it(`makes ${id} call a tool as ${choice} where ${wanted ?? 'nothing'} is wanted of its thinking`, async () => {
      const asked = { ...withEffort(id, wanted), tools, toolMode: 'required' } as const
      assert.equal(await memberOf(asked, 'tool_choice'), choice)
    })
  }

  it('has JSON for an answer, but no schema', async () => {
    const schema = { type: 'jsonSchema', name: 'city', schema: {} } as const
    const formatOf = (responseFormat: typeof schema | { readonly type: 'json' }) =>
      memberOf({ id: 'deepseek-v4-flash', parameters: { responseFormat } }, 'response_format')
    assert.deepEqual(await formatOf({ type: 'json' }), { type: 'json_object' })
    assert.equal(await formatOf(schema), undefined)
  })
})
