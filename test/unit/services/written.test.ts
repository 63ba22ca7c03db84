import assert from 'node:assert/strict'
import { createChatServer } from '../../fakes/chatServer.js'
import { closeExtensions, closeLater, openExtension } from '../../fakes/extension.js'
import { hello } from '../../fakes/work.js'

describe('a window that has started without a written setting', () => {
  closeExtensions()

  it('holds to the first that is written: connections, with their routes, and budgets', async () => {
    const server = await createChatServer(['small', 'large'], hello)
    closeLater(() => server.close())
    const window = await openExtension({
      settings: { 'roundhouse.connections': undefined, 'roundhouse.catalog.enabled': undefined },
    })
    const connection = { id: 'work', provider: 'openai-compatible', baseUrl: `${server.origin}/v1` }
    window.write('roundhouse.connections', [connection])
    await window.untilListed('work/small', 'work/large', 'auto')
    window.write('roundhouse.budgets', [{ id: 'm', name: 'My Month', limit: 100, unknownPrice: 'refuse' }])
    await assert.rejects(window.ask('work/small', 'Hi'), /My Month/)
  })
})
