import assert from 'node:assert/strict'
import { type Chat, type ChatRequest, compose, type Middleware } from '../../../src/core/chat.js'

const request: ChatRequest = {
  model: { connection: 'home', id: 'm' },
  messages: [],
  caller: { door: 'api' },
}

function naming(name: string): Middleware {
  return (next) =>
    async function* named(inner, signal) {
      yield { type: 'text', text: `<${name}>` }
      yield* next(inner, signal)
      yield { type: 'text', text: `</${name}>` }
    }
}

const answer: Chat = async function* answer() {
  yield { type: 'text', text: 'hi' }
}

async function textOf(chat: Chat): Promise<string> {
  let text = ''
  for await (const part of chat(request, new AbortController().signal)) {
    if (part.type === 'text') text += part.text
  }
  return text
}

describe('compose', () => {
  it('puts the first middleware outermost', async () => {
    assert.equal(await textOf(compose([naming('a'), naming('b')], answer)), '<a><b>hi</b></a>')
  })

  it('of nothing is the chat itself', () => {
    assert.equal(compose([], answer), answer)
  })
})
