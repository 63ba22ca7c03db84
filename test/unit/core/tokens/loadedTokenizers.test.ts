import assert from 'node:assert/strict'
import type { Message } from '../../../../src/core/chat.js'
import { createEmitter } from '../../../../src/core/event.js'
import type { Provider } from '../../../../src/core/provider.js'
import type { ConnectionView } from '../../../../src/core/registry/registry.js'
import { createTokenCounter } from '../../../../src/core/tokens/estimate.js'
import { createLoadedTokenizers } from '../../../../src/core/tokens/loadedTokenizers.js'
import { createManualClock } from '../../../fakes/manualClock.js'
import { createProviderContext } from '../../../fakes/providerContext.js'
import { createConnection, createScriptedProvider } from '../../../fakes/scriptedProvider.js'

describe('tokenizers that are in memory', () => {
  /** A registry of one connection, `work`, whose provider counts every word as a token. */
  function bench(countLoaded?: Provider['countLoaded']) {
    const tokens = createTokenCounter()
    const changed = createEmitter<void>()
    const asked: string[] = []
    const byWords: Provider['countLoaded'] = ({ modelId, texts }, { connection }) => {
      asked.push(`${connection.name} ${modelId}: ${texts.join('|')}`)
      return Promise.resolve(texts.map((text) => text.split(' ').length))
    }
    const provider = createScriptedProvider({ countLoaded: countLoaded ?? byWords })
    let connection = createConnection()
    const view = (id: string): ConnectionView | undefined =>
      id === 'work'
        ? {
            connection,
            provider,
            state: { kind: 'ready' },
            key: { state: 'notNeeded' },
            models: [],
            listedAt: 1,
          }
        : id === 'cloud'
          ? {
              connection: createConnection({ id: 'cloud' }),
              provider: createScriptedProvider(),
              state: { kind: 'ready' },
              key: { state: 'notNeeded' },
              models: [],
              listedAt: 1,
            }
          : undefined
    const tokenizers = createLoadedTokenizers({
      registry: { view, onDidChange: changed.event },
      engine: createProviderContext({ provider: 'scripted' }).engine,
      tokens,
      clock: createManualClock(),
    })
    const rename = (name: string): void => {
      connection = createConnection({ name })
      changed.fire()
    }
    return { tokenizers, tokens, asked, rename }
  }

  it('count a text as the provider does, and ask it once', async () => {
    const { tokenizers, asked } = bench()
    assert.equal(await tokenizers.find('work/m')?.count('one two three'), 3)
    assert.equal(await tokenizers.find('work/m')?.count('one two three'), 3)
    assert.deepEqual(asked, ['Work m: one two three'])
  })

  it('are none for other providers, unknown connections and routes', () => {
    const { tokenizers } = bench()
    for (const model of ['cloud/m', 'gone/m', 'auto', '']) assert.equal(tokenizers.find(model), undefined)
  })

  it('count the texts of a message, and add what the estimate adds around it', async () => {
    const { tokenizers, tokens } = bench()
    const message: Message = {
      role: 'user',
      content: [
        { type: 'text', text: 'one two three' },
        { type: 'toolResult', callId: 'a', content: [{ type: 'text', text: 'four five' }] },
      ],
    }
    const around = tokens.countMessage('work/m', {
      role: 'user',
      content: [
        { type: 'text', text: '' },
        { type: 'toolResult', callId: 'a', content: [] },
      ],
    })
    assert.equal(await tokenizers.find('work/m')?.countMessage(message), around + 5)
  })

  it('give the estimate where the provider cannot say', async () => {
    const { tokenizers, tokens } = bench(() => Promise.resolve(undefined))
    const text = 'Steam whistles twice, and the turntable moves.'
    assert.equal(await tokenizers.find('work/m')?.count(text), tokens.count('work/m', text))
  })

  it('ask the connection as it is now', async () => {
    const { tokenizers, asked, rename } = bench()
    await tokenizers.find('work/m')?.count('a')
    rename('Home')
    await tokenizers.find('work/m')?.count('a')
    assert.deepEqual(asked, ['Work m: a', 'Home m: a'])
    tokenizers.dispose()
    rename('Elsewhere')
    await tokenizers.find('work/m')?.count('a')
    assert.equal(asked.length, 2)
  })
})
