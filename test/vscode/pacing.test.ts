import assert from 'node:assert/strict'
import * as vscode from 'vscode'
import type { Reply, Step } from '../fakes/wireServer.js'
import { type ChatServer, chunk, createChatServer } from './support/chatServer.js'
import { restoreConnections, untilListed, writeConnections } from './support/connections.js'
import { ask } from './support/consumer.js'

/** Milliseconds between two tokens: what most models do lies between 5 and 29, where VS Code holds parts back. */
const pauses = [5, 10, 20, 28, 50]

/** More than the 31 parts for which VS Code waits. */
const tokens = Array.from({ length: 36 }, (_, index) => `word${index} `)

/** VS Code waits 30 ms for another part; timers are good to a millisecond. */
const leastDistanceMs = 31

/** The texts that are passed on at once, each with as many empty ones as make a batch full. */
const opening = { texts: 5, fillersEach: 30 }

describe('text that streams through vscode.lm', () => {
  let server: ChatServer
  before(async () => void (server = await createChatServer()))
  after(() => server.close())
  restoreConnections()

  for (const pause of pauses) {
    it(`never waits for 31 parts when a token comes every ${pause} ms`, async () => {
      server.play({ chat: stream(pause) })
      await writeConnections([server.connection('paced')])
      await untilListed('paced')
      const texts: string[] = []
      const times: number[] = []
      let fillers = 0
      const answer = await ask('paced/model', 'Count', {
        onPart: (part) => {
          if (!(part instanceof vscode.LanguageModelTextPart)) return
          if (part.value === '') fillers += 1
          if (part.value === '') return
          texts.push(part.value)
          times.push(performance.now())
        },
      })
      assert.equal(answer.error, undefined, answer.error?.message)
      assert.equal(texts.join(''), tokens.join(''))
      assert.equal(texts[0], tokens[0], 'the first token comes at once and alone')
      assert.ok(texts.length >= 3, `${texts.length} parts: it did not stream`)
      assert.ok(fillers <= opening.texts * opening.fillersEach, `${fillers} empty parts`)
      // However slow the machine is: parts that keep their distance are at most so many in the time that they took.
      // The last is passed on at once, which shortens that time.
      const took = (times.at(-1) ?? 0) - (times[0] ?? 0)
      const most = took / leastDistanceMs + opening.texts + 3
      assert.ok(texts.length <= most, `${texts.length} parts in ${Math.round(took)} ms`)
    })
  }
})

function stream(pause: number): Reply {
  const events = [...tokens.map((content) => chunk({ content })), chunk({}, 'stop'), '[DONE]']
  const body: Step[] = events.flatMap((event) => [{ write: `data: ${event}\n\n` }, { waitMs: pause }])
  return { headers: { 'content-type': 'text/event-stream' }, body }
}
