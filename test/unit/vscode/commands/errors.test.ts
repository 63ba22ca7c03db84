import assert from 'node:assert/strict'
import { cancelled, errorCodes, ModelError } from '../../../../src/core/errors.js'
import { describeError, explainError } from '../../../../src/vscode/commands/errors.js'
import { commandTable } from '../../../../src/vscode/commands/table.js'

function failure(code: (typeof errorCodes)[number]) {
  return new ModelError({ code, message: `It is ${code}.` })
}

describe('what a failed command says', () => {
  it('is the error’s own sentence with a way to the key where the key was refused', () => {
    const notice = explainError(failure('unauthorized'), 'Test')
    assert.equal(notice?.message, 'It is unauthorized.')
    assert.deepEqual(
      notice?.actions.map(({ label }) => label),
      ['Enter Key', 'Show Log'],
    )
  })

  it('is nothing where the user cancelled', () => {
    const hostCancellation = Object.assign(new Error('Canceled'), { name: 'Canceled' })
    assert.equal(explainError(cancelled(), 'Test'), undefined)
    assert.equal(explainError(hostCancellation, 'Test'), undefined)
  })

  it('hides what an unexpected error says, which could be anything', () => {
    const notice = explainError(new TypeError('x of sk-secret is undefined'), 'Test Connection')
    assert.equal(
      notice?.message,
      'Test Connection failed. Something unexpected went wrong; the log says what.',
    )
    assert.doesNotMatch(describeError(new Error('sk-secret')), /sk-secret/)
  })

  for (const code of errorCodes.filter((each) => each !== 'cancelled')) {
    it(`leads to the log, and only to commands that exist, for ${code}`, () => {
      const ids = new Set(commandTable.map((row): string => row.id))
      const actions = explainError(failure(code), 'Test')?.actions ?? []
      assert.equal(actions.at(-1)?.command, 'roundhouse.showLog')
      assert.deepEqual(
        actions.filter(({ command }) => !ids.has(command)),
        [],
      )
    })
  }
})
