import assert from 'node:assert/strict'
import { llamaServer } from '../../../../src/providers/llamaServer.js'
import { createManualClock, type ManualClock, settle } from '../../../fakes/manualClock.js'
import {
  type Answered,
  collect,
  createCallContext,
  createModel,
  jsonReply,
} from '../../../fakes/providerCalls.js'
import { type Reply, type Step, useWireServer } from '../../../fakes/wireServer.js'

const second = 1000
const event = (choice: object): string =>
  `data: ${JSON.stringify({ choices: [{ index: 0, ...choice }] })}\n\n`
const opening = event({ delta: { role: 'assistant', content: null } })
const word = event({ delta: { content: 'One' } })
const callBegins = event({
  delta: { tool_calls: [{ index: 0, id: 'a', function: { name: 'f', arguments: '' } }] },
})
const ending = `${event({ delta: {}, finish_reason: 'stop' })}data: [DONE]\n\n`

const slots = jsonReply([{ id: 0, is_processing: true }])
const properties = jsonReply({ is_sleeping: false })
const noSlots = jsonReply({ error: { message: 'Start it with `--slots`' } }, 501)
const silent: Reply = { silent: true }

interface Signs {
  readonly slots?: Reply
  readonly properties?: Reply
}

describe('a llama-server that sends nothing but pings', () => {
  const server = useWireServer()

  /** A chat whose stream is told what to send while the test goes on. */
  const chat = async (begin: string, signs: Signs) => {
    const clock: ManualClock = createManualClock()
    const gates = Array.from({ length: 40 }, () => Promise.withResolvers<string>())
    const steps = gates.map(({ promise }): Step => ({ until: promise }))
    const sent: Step[] = []
    for (const [index, step] of steps.entries()) sent.push(step, lateWrite(gates, index))
    server.answer(({ path, method }) => {
      if (method === 'POST')
        return { headers: { 'content-type': 'text/event-stream' }, body: [{ write: begin }, ...sent] }
      return path.startsWith('/slots?') ? signs.slots : signs.properties
    })
    const signsOnTheirWay = new Set<symbol>()
    /** A sign is whole when it is handed over, so that the clock cannot overtake it. */
    const ask: typeof fetch = async (input, init) => {
      if (init?.method === 'POST') return await fetch(input, init)
      const sign = Symbol('sign')
      signsOnTheirWay.add(sign)
      try {
        const response = await fetch(input, init)
        return new Response(await response.text(), response)
      } finally {
        signsOnTheirWay.delete(sign)
      }
    }
    const unanswered = Object.values(signs).filter((reply) => reply === silent).length
    const context = {
      ...createCallContext(llamaServer, server, { baseUrl: `${server.origin}/v1` }),
      fetch: ask,
      clock,
    }
    const request = {
      model: createModel(llamaServer, 'm x'),
      messages: [{ role: 'user', content: [{ type: 'text', text: 'Count.' }] }] as const,
    }
    let outcome: Answered | undefined
    const reading = collect(llamaServer.chat(request, context)).then((value) => (outcome = value))
    await server.received(({ method }) => method === 'POST')
    await waitForTimer(clock)
    let next = 0
    return {
      clock,
      outcome: () => outcome,
      send: (text: string) => gates[next++]?.resolve(text),
      async finish(): Promise<Answered> {
        for (const gate of gates) gate.resolve('')
        return await reading
      },
      /** Seconds with a ping each half a minute, in steps that leave a real server its time to answer. */
      async pass(seconds: number): Promise<void> {
        for (let passed = 0; passed < seconds; passed += 5) {
          if (outcome !== undefined) return
          if (passed % 30 === 0) gates[next++]?.resolve(':\n\n')
          await realTime()
          await clock.advance(5 * second)
          while (signsOnTheirWay.size > unanswered) await settle()
          await realTime()
        }
      },
    }
  }

  it('has stopped where it answers nothing else, and the answer fails after half a minute', async () => {
    for (const begin of [opening, opening + word, opening + callBegins]) {
      const answer = await chat(begin, { slots: silent, properties: silent })
      await answer.pass(25)
      assert.equal(answer.outcome(), undefined, 'it was given up too early')
      await answer.pass(10)
      const { error } = await answer.finish()
      assert.deepEqual([error?.code, error?.retryable], ['timeout', true])
      assert.match(error?.message ?? '', /has stopped working on the answer: .* 30 seconds\. Restart it/)
      assert.equal(answer.clock.sleeping(), 0, 'a timer is left behind')
      await server.idle()
    }
  })

  it('works on a long prompt as long as it answers anything else, for more than ten minutes', async () => {
    for (const signs of [
      { slots, properties },
      { slots: silent, properties },
      { slots: noSlots, properties },
    ]) {
      const answer = await chat(opening, signs)
      await answer.pass(15 * 60)
      assert.equal(answer.outcome(), undefined)
      answer.send(word + ending)
      const { parts, error } = await answer.finish()
      assert.equal(error, undefined)
      assert.equal(parts.map((part) => (part.type === 'text' ? part.text : '')).join(''), 'One')
    }
  })

  it('is waited for no longer than ten minutes where a proxy hides whether it works', async () => {
    const answer = await chat(opening, {})
    await answer.pass(9 * 60)
    assert.equal(answer.outcome(), undefined, 'it was given up too early')
    await answer.pass(2 * 60)
    assert.equal((await answer.finish()).error?.code, 'timeout')
  })

  it('still works on an answer that has begun where its slots or, without these, its properties are told', async () => {
    for (const signs of [{ slots }, { slots: noSlots, properties }, { slots: silent, properties }]) {
      const answer = await chat(opening + word, signs)
      await answer.pass(120)
      assert.equal(answer.outcome(), undefined)
      answer.send(ending)
      assert.equal((await answer.finish()).error, undefined)
    }
  })

  it('has stopped in the middle of an answer where it shows no slots', async () => {
    for (const signs of [{}, { properties }, { slots: noSlots, properties: silent }]) {
      const answer = await chat(opening + word, signs)
      await answer.pass(40)
      assert.equal((await answer.finish()).error?.code, 'timeout', JSON.stringify(signs))
    }
  })

  it('is asked about the model by its id, with nothing loaded, and not while the answer goes on', async () => {
    const answer = await chat(opening, { slots, properties })
    for (let turn = 0; turn < 4; turn++) {
      answer.send(word)
      await realTime()
      await answer.clock.advance(10 * second)
    }
    assert.equal(server.requests.filter(({ method }) => method === 'GET').length, 0)
    await answer.pass(10)
    const paths = server.requests.flatMap(({ method, path }) => (method === 'GET' ? [path] : []))
    const query = '?model=m%20x&autoload=false'
    assert.deepEqual(paths.toSorted(), [`/props${query}`, `/slots${query}`])
    answer.send(ending)
    assert.equal((await answer.finish()).error, undefined)
  })
})

function lateWrite(gates: readonly { readonly promise: Promise<string> }[], index: number): Step {
  let text = ''
  void gates[index]?.promise.then((value) => (text = value))
  return {
    get write() {
      return text
    },
  }
}

/** What crosses a real socket has crossed it. */
async function realTime(): Promise<void> {
  for (let turns = 0; turns < 10; turns++) await settle()
}

async function waitForTimer(clock: ManualClock): Promise<void> {
  while (clock.sleeping() === 0) await settle()
  await realTime()
}
