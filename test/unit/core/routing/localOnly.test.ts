import assert from 'node:assert/strict'
import type { Chat, ChatRequest } from '../../../../src/core/chat.js'
import { keepLocal, type LocalOnlyOptions } from '../../../../src/core/routing/localOnly.js'
import { createModel } from '../../../fakes/models.js'
import { createRouting } from '../../../fakes/routing.js'
import { createConnection, createScriptedProvider } from '../../../fakes/scriptedProvider.js'

const cloud = createModel({ id: 'far' })
const local = createModel({ id: 'near', location: 'local' })
const request = (id: string): ChatRequest => ({
  model: { connection: 'work', id },
  messages: [],
  caller: { door: 'languageModel' },
})

describe('keepLocal', () => {
  const find = ({ id }: { readonly id: string }) => [cloud, local].find((model) => model.id === id)

  function createKept(
    isLocalOnly: boolean,
    registry: LocalOnlyOptions['registry'] = { find, view: () => undefined },
  ) {
    const asked: string[] = []
    const next: Chat = async function* answer({ model }) {
      asked.push(model.id)
      yield { type: 'text', text: 'yes' }
    }
    const chat = keepLocal({ isLocalOnly: () => isLocalOnly, registry })(next)
    const ask = async (id: string) => {
      for await (const part of chat(request(id), new AbortController().signal)) assert.ok(part)
    }
    return { asked, ask }
  }

  it('refuses a cloud that was asked for by name, with the way out, and sends nothing', async () => {
    const { asked, ask } = createKept(true)
    await assert.rejects(ask('far'), {
      code: 'forbidden',
      message:
        'far runs in a cloud, and here nothing may leave for one. Choose a local model, or turn roundhouse.localOnly off.',
    })
    assert.deepEqual(asked, [])
  })

  it('refuses a model of a cloud that has not been listed yet', async () => {
    const { registry } = await createRouting({ connections: { work: { models: [{ id: 'listed' }] } } })
    const { asked, ask } = createKept(true, registry)
    await assert.rejects(ask('unlisted'), { code: 'forbidden', message: /^work\/unlisted runs in a cloud/ })
    assert.deepEqual(asked, [])
  })

  it('goes by what the user says of a server of their own, before its models are listed', async () => {
    const said = (location: 'local' | 'cloud') =>
      createKept(true, {
        find: () => undefined,
        view: () => ({
          connection: createConnection({ baseUrl: 'http://127.0.0.1:8000/v1', location }),
          provider: createScriptedProvider(),
          state: { kind: 'ready' },
          key: { state: 'notNeeded' },
          models: [],
          listedAt: undefined,
        }),
      })
    const kept = said('local')
    await kept.ask('unlisted')
    assert.deepEqual(kept.asked, ['unlisted'])
    await assert.rejects(said('cloud').ask('unlisted'), { code: 'forbidden' })
  })

  it('lets local models through, and those that nobody knows to whoever looks for them', async () => {
    const { asked, ask } = createKept(true)
    await ask('near')
    await ask('unknown')
    assert.deepEqual(asked, ['near', 'unknown'])
  })

  it('lets everything through where nobody minds', async () => {
    const { asked, ask } = createKept(false)
    await ask('far')
    assert.deepEqual(asked, ['far'])
  })
})
