import assert from 'node:assert/strict'
import { closeExtensions } from '../../fakes/extension.js'
import { openWork } from '../../fakes/work.js'

describe('The API for other extensions, in the extension as a whole', () => {
  closeExtensions()

  it('API callers: what another extension has asked is counted under its id, its door and its workspace', async () => {
    const work = await openWork({ vectors: ['vectors'], workspaceName: 'project' })
    work.answerChats(() => ({
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ data: [{ index: 0, embedding: [0.6, 0.8] }], usage: { prompt_tokens: 1 } }),
    }))
    const api = await work.exports.getApi(1, 'acme.helper')
    assert.deepEqual((await api.models()).map(({ id }) => id).toSorted(), ['work/small', 'work/vectors'])
    await api.embed({ texts: ['A text'], model: 'work/vectors' })
    for (const [by, row] of [
      ['By caller', /acme\.helper/],
      ['By door', /API|api/],
      ['By workspace', /project/],
    ] as const) {
      const page = await work.page('roundhouse.showUsage', undefined, { pick: 'Today' }, { pick: by })
      assert.match(page.replaceAll('\\', ''), row)
    }
  })

  it('API callers: an extension that is not installed gets none', async () => {
    const work = await openWork()
    await assert.rejects(work.exports.getApi(1, 'acme.stranger'), { code: 'invalid-request' })
  })
})
