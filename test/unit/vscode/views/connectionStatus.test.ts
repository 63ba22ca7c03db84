import assert from 'node:assert/strict'
import { ModelError } from '../../../../src/core/errors.js'
import type { ConnectionView } from '../../../../src/core/registry/registry.js'
import {
  describeKey,
  describeStaleness,
  describeStatus,
} from '../../../../src/vscode/views/connectionStatus.js'
import { formatMoment } from '../../../../src/vscode/views/format.js'
import { createConnection } from '../../../fakes/scriptedProvider.js'
import { createModel, createView, now } from './samples.js'

const error = new ModelError({ code: 'unreachable', message: 'Cloudy does not answer. Check the address.' })
const minutes = 60_000
const unreachable = { kind: 'unreachable', since: now - 5 * minutes, error } as const

function status(facts: Partial<ConnectionView>) {
  return describeStatus(createView(facts), now)
}

describe('a connection’s state', () => {
  it('says how many models of a long list were left out', () => {
    const { sentence } = status({ models: [createModel()], leftOut: 5_001 })
    assert.equal(sentence, 'Ready with 1 model (5001 more were left out).')
  })

  it('is ready with its number of models', () => {
    const ready = status({ models: [createModel()] })
    assert.deepEqual(
      [ready.words, ready.sentence, ready.needsAction],
      ['ready', 'Ready with 1 model.', false],
    )
  })

  it('says since when it is unreachable, why, and that the last list is kept', () => {
    const state = status({ state: unreachable, models: [createModel()] })
    assert.equal(state.words, `unreachable since ${formatMoment(unreachable.since, now)}`)
    assert.equal(state.sentence, 'Cloudy does not answer. Check the address. The last list is still shown.')
  })

  it('names the variable that would serve where the key is missing', () => {
    const state = status({ state: { kind: 'noKey' }, key: { state: 'missing', required: true } })
    assert.equal(state.kind, 'keyMissing')
    assert.match(state.sentence, /Or set CLOUDY_API_KEY or CLOUDY_TOKEN before VS Code starts/)
  })

  it('names both addresses where the key is for another one', () => {
    const state = status({ key: { state: 'otherOrigin', origin: 'https://old.test' } })
    assert.equal(state.kind, 'keyOtherOrigin')
    assert.match(
      state.sentence,
      /given for https:\/\/old\.test.*not sent to https:\/\/api\.scripted\.test\/v1/,
    )
  })

  it('is disabled before anything else', () => {
    const connection = createConnection({ enabled: false })
    assert.equal(
      status({ connection, state: unreachable, key: { state: 'missing', required: true } }).kind,
      'disabled',
    )
  })

  it('is no key trouble where the missing key is not required', () => {
    assert.equal(status({ key: { state: 'missing', required: false } }).kind, 'ready')
  })
})

describe('a connection’s key', () => {
  it('is said to come from the environment, by name', () => {
    const view = createView({ key: { state: 'environment', variable: 'CLOUDY_API_KEY' } })
    assert.equal(describeKey(view), 'Key from CLOUDY_API_KEY of the environment')
  })

  it('is not mentioned where none is needed', () => {
    assert.equal(describeKey(createView({ key: { state: 'notNeeded' } })), undefined)
  })
})

describe('a list’s age', () => {
  it('is told where the connection does not answer', () => {
    const view = createView({ state: unreachable, listedAt: now - 180 * minutes })
    assert.equal(describeStaleness(view, now), 'listed 3 h ago')
  })

  it('is told where the list is older than a day, and not where it is fresh', () => {
    assert.equal(describeStaleness(createView({ listedAt: now - 1500 * minutes }), now), 'listed 1 day ago')
    assert.equal(describeStaleness(createView({ listedAt: now - 90 * minutes }), now), undefined)
    assert.equal(describeStaleness(createView({ listedAt: undefined }), now), undefined)
  })
})
