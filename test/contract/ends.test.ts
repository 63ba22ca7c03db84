import assert from 'node:assert/strict'
import { type Step, useWireServer, type WireServer } from '../fakes/wireServer.js'
import { contextFor, type Held, held, type Outcome, read } from './harness.js'
import { modelOf, requestFor } from './requests.js'

/** An event of Chat Completions. */
function event(value: unknown): string {
  return `data: ${JSON.stringify(value)}\n\n`
}

function choice(delta: object, finish_reason: string | null = null): string {
  return event({ id: 'c', object: 'chat.completion.chunk', choices: [{ index: 0, delta, finish_reason }] })
}

const usage = event({ choices: [], usage: { prompt_tokens: 9, completion_tokens: 4, total_tokens: 13 } })
const done = 'data: [DONE]\n\n'
const text = choice({ role: 'assistant', content: 'It is' }) + choice({ content: ' fine.' })
const call = choice({
  tool_calls: [
    { index: 0, id: 'a', type: 'function', function: { name: 'get_weather', arguments: '{"city":"Bern"}' } },
  ],
})

for (const candidate of held.filter(({ fixtures }) => /chat\/completions/.test(fixtures.chatPath))) {
  describe(`${candidate.name}: the end of an answer`, () => {
    const server = useWireServer()
    const play = (body: string | readonly Step[]): Promise<Outcome> => stream(candidate, server, body)

    it('is a finish reason, though no [DONE] comes behind it', async () => {
      const outcome = await play(text + choice({}, 'stop'))
      assert.deepEqual([outcome.text, outcome.finish, outcome.error], ['It is fine.', 'stop', undefined])
      const called = await play(call + choice({}, 'tool_calls'))
      assert.deepEqual(
        called.toolCalls.map(({ callId, input }) => [callId, input]),
        [['a', { city: 'Bern' }]],
      )
      assert.equal(called.finish, 'toolCalls')
    })

    it('may be followed by the count of tokens in a later piece', async () => {
      const later = Promise.withResolvers<void>()
      const asked = play([{ write: text + choice({}, 'stop') }, { until: later.promise }, { write: usage }])
      setImmediate(later.resolve)
      const outcome = await asked
      assert.deepEqual([outcome.usage?.inputTokens, outcome.usage?.accuracy], [9, 'exact'])
      assert.equal(outcome.finish, 'stop')
    })

    it('is not [DONE] alone, nor the end of the body', async () => {
      for (const body of [text + usage + done, text + usage, call + done, call]) {
        const outcome = await play(body)
        assert.equal(outcome.error?.code, 'incomplete', body)
        assert.equal(outcome.finish, undefined)
        assert.deepEqual(outcome.toolCalls, [], 'no call of half an answer runs')
      }
    })

    it('is a failure where its reason, or an event before [DONE], says so', async () => {
      const failed: readonly (readonly [string, string])[] = [
        [choice({}, 'abort'), 'incomplete'],
        [choice({}, 'error'), 'provider-error'],
        [choice({}, 'ENGINE_ERROR'), 'provider-error'],
        [choice({}, 'malformed_function_call'), 'provider-error'],
        [choice({}, 'insufficient_system_resource'), 'overloaded'],
        [choice({}, 'model_context_window_exceeded'), 'context-length'],
        [choice({}, 'stop') + event({ error: { message: 'It broke.', code: 500 } }), 'provider-error'],
      ]
      for (const [end, code] of failed) {
        const outcome = await play(text + usage + end + done)
        assert.deepEqual([outcome.error?.code, outcome.finish], [code, undefined], end)
        assert.equal(outcome.text, 'It is fine.')
      }
    })

    it('still counts what a failed answer has cost', async () => {
      const outcome = await play(text + choice({}, 'error') + usage + done)
      assert.deepEqual([outcome.error?.code, outcome.usage?.inputTokens], ['provider-error', 9])
    })

    it('is not the first of several finish reasons, where the answer goes on behind it', async () => {
      const more = choice({ content: ' Really.' }, 'length')
      const whole = await play(text + choice({}, 'stop') + more)
      assert.deepEqual([whole.text, whole.finish], ['It is fine. Really.', 'length'])
      const cut = await play([{ write: text + choice({}, 'stop') + more }, { reset: true }])
      assert.equal(cut.error?.code, 'incomplete')
    })
  })
}

function stream(candidate: Held, server: WireServer, body: string | readonly Step[]): Promise<Outcome> {
  server.answer({ headers: { 'content-type': 'text/event-stream' }, body })
  const request = requestFor('parallelTools', modelOf(candidate.fixtures, candidate.provider))
  return read(candidate.provider.chat(request, contextFor(candidate, server)))
}
