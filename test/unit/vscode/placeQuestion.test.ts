import assert from 'node:assert/strict'
import type { Connection } from '../../../src/core/provider.js'
import { createPlaceQuestion } from '../../../src/vscode/placeQuestion.js'
import { settle } from '../../fakes/manualClock.js'
import { createMemoryConnections, createMemoryLog } from '../../fakes/memoryStores.js'
import { createConnection, createScriptedProvider } from '../../fakes/scriptedProvider.js'

const provider = createScriptedProvider({ location: 'local', baseUrl: 'http://127.0.0.1:11434' })
const rented = createConnection({ id: 'rented', name: 'Rented', baseUrl: 'https://gpu.example.com/v1' })

function open(connections: readonly Connection[], answer: string | undefined) {
  const store = createMemoryConnections(connections)
  const messages: string[] = []
  const kept = new Map<string, unknown>()
  const memory = {
    get: (key: string) => kept.get(key),
    update: async (key: string, value: unknown) => void kept.set(key, value),
  }
  const ask = async () => {
    const ui = {
      async tell({ message }: { readonly message: string }) {
        messages.push(message)
        return answer
      },
    }
    const log = createMemoryLog()
    const options = { connections: store, providers: [provider], loadUi: async () => ui, memory, log }
    const question = createPlaceQuestion(options)
    question.start()
    await settle()
    return question
  }
  return { store, messages, ask }
}

describe('the question whose server it is', () => {
  it('is asked once for a local provider’s server at a public address, and its answer saved', async () => {
    for (const [answer, location] of [
      ['It Is Mine', 'local'],
      ['It Is a Cloud', 'cloud'],
    ] as const) {
      const { store, messages, ask } = open([rented], answer)
      for (let window = 0; window < 2; window++) (await ask()).dispose()
      assert.equal(messages.length, 1)
      assert.match(messages[0] ?? '', /^“Rented” is at a public address, https:\/\/gpu\.example\.com\. /)
      assert.equal(store.list()[0]?.location, location)
    }
  })

  it('is not repeated if it was not answered, until the address is another one', async () => {
    const { store, messages, ask } = open([rented], undefined)
    for (let window = 0; window < 2; window++) (await ask()).dispose()
    assert.equal(messages.length, 1)
    const question = await ask()
    await store.save({ ...rented, baseUrl: 'https://other.example.com/v1' })
    await settle()
    question.dispose()
    assert.equal(messages.length, 2)
  })

  it('is not asked about this machine, a private network, or what the user has said', async () => {
    const own = ['http://127.0.0.1:1', 'http://10.0.0.5:8000', 'http://gpu.local:8000'].map((baseUrl, at) =>
      createConnection({ id: `own-${at}`, baseUrl }),
    )
    const { messages, ask } = open([...own, { ...rented, location: 'local' }], 'It Is Mine')
    ;(await ask()).dispose()
    assert.deepEqual(messages, [])
  })
})
