import assert from 'node:assert/strict'
import type { Chat, ChatRequest } from '../../../src/core/chat.js'
import { ModelError } from '../../../src/core/errors.js'
import { createLateChat } from '../../../src/core/lateChat.js'
import { createMemoryLog } from '../../fakes/memoryStores.js'

const request: ChatRequest = {
  model: { connection: 'a', id: 'b' },
  messages: [],
  caller: { door: 'api' },
}

const answering = (text: string): Chat =>
  async function* answer() {
    yield { type: 'text', text }
  }

async function read(chat: Chat): Promise<string> {
  let text = ''
  for await (const part of chat(request, new AbortController().signal)) {
    if (part.type === 'text') text += part.text
  }
  return text
}

describe('createLateChat', () => {
  it('loads with the first request and not before', async () => {
    let loads = 0
    const load = async () => {
      loads += 1
      return answering('late')
    }
    const chat = createLateChat({
      load,
      plain: answering('plain'),
      allowPlain: () => {},
      log: createMemoryLog(),
    })
    assert.equal(loads, 0)
    assert.equal(await read(chat), 'late')
    assert.equal(loads, 1)
  })

  it('answers the plain way while it cannot be loaded, says so once, and comes back', async () => {
    const log = createMemoryLog()
    let isFull = true
    const load = async () => {
      if (isFull) throw new Error('disk full')
      return answering('late')
    }
    const chat = createLateChat({ load, plain: answering('plain'), allowPlain: () => {}, log })
    assert.equal(await read(chat), 'plain')
    assert.equal(await read(chat), 'plain')
    assert.equal(log.lines.filter((line) => line.includes('not to be had')).length, 1)
    isFull = false
    assert.equal(await read(chat), 'late')
  })

  it('answers nothing where the plain way is refused', async () => {
    const cause = new Error('disk full')
    const chat = createLateChat({
      load: () => Promise.reject(cause),
      plain: answering('plain'),
      allowPlain: (found) => {
        assert.equal(found, cause)
        throw new ModelError({ code: 'budget-exceeded', message: 'Nobody knows what is left.' })
      },
      log: createMemoryLog(),
    })
    await assert.rejects(read(chat), { code: 'budget-exceeded' })
  })
})
