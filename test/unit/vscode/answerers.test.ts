import assert from 'node:assert/strict'
import type { ChatRequest } from '../../../src/core/chat.js'
import { createEmitter } from '../../../src/core/event.js'
import { parseModelRef } from '../../../src/core/model.js'
import type { AttemptRecord } from '../../../src/core/usage/attemptRecord.js'
import { createAnswerers, type ShowModel } from '../../../src/vscode/answerers.js'
import { createAttemptRecord } from '../../fakes/attemptRecords.js'
import { requestOf } from '../../fakes/routing.js'
import { createConnection } from '../../fakes/scriptedProvider.js'
import { createModel, createView } from './views/samples.js'

const view = createView({
  connection: createConnection({ id: 'work', name: 'Work & [Play](http://elsewhere)' }),
  models: [
    createModel({ id: 'large', name: 'Large' }),
    createModel({ id: 'odd', name: '![x](http://elsewhere/x.png)\n\n# Heading' }),
  ],
})

const registry = {
  view: (id: string) => (id === 'work' ? view : undefined),
  find: ({ id }: { readonly id: string }) => view.models.find((model) => model.id === id),
}

interface Case extends Partial<ChatRequest> {
  readonly conversation?: string
  readonly asked?: string
  readonly isWhole?: boolean
}

function setUp(showModel: ShowModel) {
  const attempts = createEmitter<AttemptRecord>()
  const onDidAttempt = attempts.event
  const answerers = createAnswerers({ showModel: () => showModel, registry, onDidAttempt })
  let changes = 0
  answerers.onDidChange(() => void changes++)
  const answer = (
    model: string,
    { conversation = 'a', asked = 'auto', isWhole = true, ...patch }: Case = {},
  ) =>
    answerers
      .note({
        request: requestOf(asked, { caller: { door: 'languageModel', conversation }, ...patch }),
        model: parseModelRef(model) ?? assert.fail(),
        isWhole,
      })
      ?.replaceAll('\u2063', '')
  return {
    answerers,
    answer,
    attempt: (record: AttemptRecord) => attempts.fire(record),
    changes: () => changes,
  }
}

const isShown = (note: string | undefined): boolean => note !== undefined

describe('who has answered', () => {
  it('is named behind each answer of a route, or where it changes, or never', () => {
    const turns = ['work/large', 'work/large', 'home/small', 'work/large'] as const
    const shown = (choice: ShowModel) => {
      const { answer } = setUp(choice)
      return [...turns.map((model) => answer(model)), answer('work/large', { conversation: 'b' })].map(
        isShown,
      )
    }
    assert.deepEqual(shown('always'), [true, true, true, true, true])
    assert.deepEqual(shown('onChange'), [true, false, true, true, true])
    assert.deepEqual(shown('never'), [false, false, false, false, false])
  })

  it('is named in plain text, whatever its maker calls it', () => {
    const { answer } = setUp('always')
    assert.match(answer('work/large') ?? '', /^\n\nAnswered by Large through Work &amp; \\\[Play\\\]\\\(http/)
    const odd = answer('work/odd') ?? ''
    assert.equal(odd.trim().split('\n').length, 1)
    assert.doesNotMatch(odd, /(?<!\\)[[\]!#]/)
    assert.match(answer('gone/m') ?? '', /^\n\nAnswered by gone\/m\.$/)
  })

  it('is not named behind a model that was asked for, a call of a tool, or JSON', () => {
    const { answer, answerers } = setUp('always')
    const format = { type: 'json' } as const
    const others: Case[] = [
      { asked: 'work/large' },
      { isWhole: false },
      { parameters: { responseFormat: format } },
      { parameters: { responseFormat: { type: 'jsonSchema', name: 'x', schema: {} } } },
      { caller: { door: 'api' } },
    ]
    for (const other of others) assert.equal(answer('work/large', other), undefined)
    assert.ok(isShown(answer('work/large', { parameters: { responseFormat: { type: 'text' } } })))
    assert.equal(answerers.latest()?.model, 'Large')
  })

  it('is kept for the status bar, for every answer in Chat', () => {
    const { answer, answerers, changes } = setUp('never')
    assert.equal(answerers.latest(), undefined)
    answer('work/large', { isWhole: false })
    assert.deepEqual(answerers.latest(), {
      asked: 'auto',
      model: 'Large',
      connection: 'Work & [Play](http://elsewhere)',
    })
    answer('gone/m', { asked: 'gone/m' })
    assert.deepEqual(answerers.latest(), { asked: 'gone/m', model: 'gone/m' })
    assert.equal(changes(), 2)
  })

  it('has the cost of the call that answered, as the ledger has it', () => {
    const { answer, answerers, attempt, changes } = setUp('never')
    const caller = { door: 'languageModel', conversation: 'a' } as const
    const model = { connection: 'work', id: 'large' }
    const cost = { usd: 0.5, source: 'billed' } as const
    const record = createAttemptRecord({ caller, model, cost, accuracy: 'exact' })
    answer('work/large')
    assert.equal(answerers.latest()?.spent, undefined)
    for (const other of [
      { caller: { ...caller, conversation: 'b' } },
      { caller: { door: 'api' } as const },
      { model: { ...model, id: 'odd' } },
      { outcome: { kind: 'failure', code: 'timeout' } as const },
    ]) {
      attempt({ ...record, ...other })
      assert.equal(answerers.latest()?.spent, undefined)
    }
    assert.equal(changes(), 1)
    attempt(record)
    assert.deepEqual(answerers.latest()?.spent, { cost, accuracy: 'exact', isCacheHit: false })
    assert.equal(changes(), 2)
    answer('work/odd')
    assert.equal(answerers.latest()?.spent, undefined)
  })
})
