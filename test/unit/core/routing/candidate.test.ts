import assert from 'node:assert/strict'
import type { ChatRequest } from '../../../../src/core/chat.js'
import { type CandidateCheck, firstObstacle } from '../../../../src/core/routing/candidate.js'
import { createModel } from '../../../fakes/models.js'

const request: ChatRequest = {
  model: { connection: 'auto', id: '' },
  messages: [],
  caller: { door: 'api' },
}

describe('firstObstacle', () => {
  it('asks no check after the one that objects', () => {
    const asked: string[] = []
    const check =
      (name: string, objects: boolean): CandidateCheck =>
      (model) => {
        asked.push(`${name} ${model.id}`)
        return objects ? { code: 'unhealthy', message: `${name} objects` } : undefined
      }
    const checks = [check('a', false), check('b', true), check('c', true)]
    assert.equal(firstObstacle(checks, createModel(), request)?.message, 'b objects')
    assert.deepEqual(asked, ['a m', 'b m'])
    assert.equal(firstObstacle([check('a', false)], createModel(), request), undefined)
  })
})
