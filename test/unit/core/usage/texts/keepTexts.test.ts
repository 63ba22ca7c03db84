import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import type { Chat, ChatRequest, ResponsePart } from '../../../../../src/core/chat.js'
import { dayMs } from '../../../../../src/core/durations.js'
import { ModelError } from '../../../../../src/core/errors.js'
import { createRedactor } from '../../../../../src/core/redact.js'
import { purgeUsage } from '../../../../../src/core/usage/retention.js'
import { keepTexts, longestText } from '../../../../../src/core/usage/texts/keepTexts.js'
import { createTextStore, type TextStore } from '../../../../../src/core/usage/texts/textStore.js'
import { useDatabaseFolder, useOpenDatabase } from '../../../../fakes/databases.js'
import { createManualClock } from '../../../../fakes/manualClock.js'
import { createMemoryLog } from '../../../../fakes/memoryStores.js'

const key = 'canary-0123456789abcdef'
const first = { requestId: 'r', number: 1 }

function say(text: string, more: Partial<ChatRequest> = {}): ChatRequest {
  return {
    model: { connection: 'work', id: 'small' },
    messages: [
      { role: 'system', content: [{ type: 'text', text: 'Be brief.' }] },
      { role: 'user', content: [{ type: 'text', text }] },
    ],
    caller: { door: 'api' },
    attempt: first,
    ...more,
  }
}

describe('kept prompts and answers', () => {
  const folder = useDatabaseFolder()
  const database = useOpenDatabase(folder)
  let store: TextStore
  beforeEach(() => {
    store = createTextStore(database)
  })

  function setUp(parts: readonly ResponsePart[] = [{ type: 'text', text: 'Yes.' }], failure?: Error) {
    const wanted = { isOn: true }
    const redactor = createRedactor()
    redactor.register(key)
    const clock = createManualClock()
    const log = createMemoryLog()
    const redact = (text: string) => redactor.redact(text)
    const answer: Chat = async function* answer() {
      yield* parts
      if (failure !== undefined) throw failure
    }
    const chat = keepTexts({ isOn: () => wanted.isOn, store, redact, clock, log })(answer)
    const ask = async (request: ChatRequest) => {
      for await (const part of chat(request, new AbortController().signal)) assert.ok(part)
    }
    return { ask, wanted, clock, log, chat }
  }

  /** Whether the text stands anywhere in the files of the database, deleted or not. */
  const isOnDisk = (text: string): boolean =>
    ['', '-wal'].some((ending) => {
      const path = folder.path + ending
      return existsSync(path) && readFileSync(path).includes(text)
    })

  it('are not there unless the user wants them, nor from the moment on that they are not wanted', async () => {
    const { ask, wanted, chat } = setUp()
    wanted.isOn = false
    await ask(say('A secret plan'))
    wanted.isOn = true
    for await (const part of chat(say('Another plan'), new AbortController().signal)) {
      assert.ok(part)
      wanted.isOn = false
    }
    assert.equal(store.count(), 0)
    assert.ok(!isOnDisk('secret plan') && !isOnDisk('Another plan'))
  })

  it('are what was said under its roles, and what came back, tools that were called included', async () => {
    const { ask, clock } = setUp([
      { type: 'reasoning', text: 'Hm.' },
      { type: 'text', text: 'I look.' },
      { type: 'toolCall', callId: 'c', name: 'read', input: { file: 'a.ts' } },
    ])
    const content = [
      { type: 'text', text: 'See' },
      { type: 'data', mimeType: 'image/png', data: new Uint8Array(2_048) },
    ] as const
    await ask(say('', { messages: [{ role: 'user', content }] }))
    assert.deepEqual(store.find(first), {
      ...first,
      at: clock.now(),
      prompt: 'user:\nSee\n(image/png, 2,048 bytes)',
      answer: 'I look.\n(call) read {"file":"a.ts"}\n',
      isCut: false,
    })
  })

  it('hold what came of an answer that failed', async () => {
    const failure = new ModelError({ code: 'incomplete', message: 'It ended too soon.' })
    const { ask } = setUp([{ type: 'text', text: 'Ye' }], failure)
    await assert.rejects(ask(say('Is it?')), { code: 'incomplete' })
    assert.equal(store.find(first)?.answer, 'Ye')
  })

  it('have no known secret in them, not half of one either where they are cut', async () => {
    const half = Math.floor(key.length / 2)
    const { ask } = setUp([
      { type: 'text', text: `${'a'.repeat(longestText - half)}${key.slice(0, half)}` },
      { type: 'text', text: `${key.slice(half)} and on` },
    ])
    await ask(say(`${key.slice(0, 3)}${key.slice(3)}${'b'.repeat(longestText - half)}`))
    const { prompt = '', answer = '', isCut } = store.find(first) ?? {}
    assert.deepEqual([prompt.length, answer.length, isCut], [longestText, longestText, true])
    assert.doesNotMatch(prompt + answer, /canary|abcdef/)
    assert.ok(!isOnDisk(key))
  })

  it('are not kept of texts that are only embedded', async () => {
    await setUp().ask(say('A chapter', { operation: 'embeddings' }))
    assert.equal(store.count(), 0)
  })

  it('cost no answer where the disk is full', async () => {
    const { ask, log } = setUp()
    database.dispose()
    await ask(say('Is it?'))
    assert.match(log.lines.join('\n'), /^warn A text could not be kept\./)
  })

  it('are gone from the disk once they are deleted', async () => {
    const { ask } = setUp([{ type: 'text', text: 'The answer is forty-two.' }])
    await ask(say('What is the question?'))
    assert.ok(isOnDisk('forty-two') && isOnDisk('the question'))
    assert.equal(store.delete(), 1)
    assert.equal(store.count(), 0)
    assert.ok(!isOnDisk('forty-two') && !isOnDisk('the question'))
  })

  it('leave with the usage that is purged', async () => {
    const { ask, clock } = setUp()
    await ask(say('Old'))
    await clock.advance(10 * dayMs)
    await ask(say('New', { attempt: { requestId: 's', number: 1 } }))
    await purgeUsage({
      database,
      clock,
      before: clock.now() - 5 * dayMs,
      signal: new AbortController().signal,
    })
    assert.equal(store.find(first), undefined)
    assert.match(store.find({ requestId: 's', number: 1 })?.prompt ?? '', /New/)
  })
})
