import assert from 'node:assert/strict'
import type { Provider } from '../../../../src/core/provider.js'
import { createAnthropic } from '../../../../src/providers/anthropic.js'
import { google } from '../../../../src/providers/google.js'
import { createCallContext, jsonReply } from '../../../fakes/providerCalls.js'
import { useWireServer } from '../../../fakes/wireServer.js'

interface Case {
  readonly create: () => Provider
  /** A page of these models that leads to the next. */
  readonly page: (ids: readonly string[], next: string | undefined) => object
  /** Where a request asks the page to begin. */
  readonly from: RegExp
  /** Leaves nothing for a chat. */
  readonly unfit?: string
}

const cases: Readonly<Record<string, Case>> = {
  Anthropic: {
    create: createAnthropic,
    page: (ids, next) => ({
      data: ids.map((id) => ({ id })),
      has_more: next !== undefined,
      ...(next === undefined ? {} : { last_id: next }),
    }),
    from: /after_id=(\w+)/,
  },
  Google: {
    create: () => google,
    page: (ids, next) => ({
      models: ids.map((id) => ({ name: `models/${id}`, supportedGenerationMethods: ['generateContent'] })),
      ...(next === undefined ? {} : { nextPageToken: next }),
    }),
    from: /pageToken=(\w+)/,
    unfit: 'imagen-4',
  },
}

for (const [name, { create, page, from, unfit }] of Object.entries(cases)) {
  describe(`the pages of ${name}’s model list`, () => {
    const server = useWireServer()
    const list = async () => {
      const provider = create()
      return (await provider.listModels(createCallContext(provider, server))).map(({ id }) => id)
    }
    /** `next`: where the page that begins there leads; '' is the first page. */
    const serve = (next: (begin: string) => string | undefined, idOf = (begin: string) => `m${begin}`) =>
      server.answer(({ path }) => {
        const begin = from.exec(path)?.[1] ?? ''
        return jsonReply(page([idOf(begin)], next(begin)))
      })

    it('are read until the last one', async () => {
      serve((begin) => (begin === '' ? '1' : begin === '1' ? '2' : undefined))
      assert.deepEqual(await list(), ['m', 'm1', 'm2'])
      assert.equal(server.requests.length, 3)
    })

    it('fail after a hundred where each leads to another one', async () => {
      serve((begin) => String(Number(begin) + 1))
      await assert.rejects(list(), {
        code: 'provider-error',
        message: /sent a list of models without an end\./,
      })
      assert.equal(server.requests.length, 101)
    })

    it('fail at once where one leads to itself, or back', async () => {
      for (const back of ['2', '1']) {
        server.clear()
        serve((begin) => (begin === '' ? '1' : begin === '1' ? '2' : back))
        await assert.rejects(list(), { code: 'provider-error', message: /without an end/ })
        assert.equal(server.requests.length, 3)
      }
    })

    if (unfit === undefined) return
    it('go on behind one that has nothing for a chat', async () => {
      serve(
        (begin) => (begin === '' ? '1' : undefined),
        (begin) => (begin === '' ? unfit : 'gemini-x'),
      )
      assert.deepEqual(await list(), ['gemini-x'])
    })
  })
}
