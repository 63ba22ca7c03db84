import assert from 'node:assert/strict'
import { ModelError } from '../../../../src/core/errors.js'
import { type Budget, budgetDefaults } from '../../../../src/core/usage/budget.js'
import { refuseWithoutLedger } from '../../../../src/core/usage/withoutLedger.js'

const budget = (kind: Budget['kind']): Budget => ({
  ...budgetDefaults,
  id: 'b',
  name: 'Monthly',
  limit: 5,
  kind,
})
const cause = new ModelError({ code: 'not-saved', message: 'The disk is full. Free some space.' })

describe('refuseWithoutLedger', () => {
  it('names the hard budget that nobody can look at, and why', () => {
    assert.throws(() => refuseWithoutLedger([budget('soft'), budget('hard')], cause), {
      code: 'budget-exceeded',
      message:
        'What is left of the hard budget “Monthly” is not known, for the ledger cannot be opened. The disk is full. Free some space.',
    })
  })

  it('names a next step where the cause says none', () => {
    assert.throws(() => refuseWithoutLedger([budget('hard')], new Error('out of luck')), {
      message:
        'What is left of the hard budget “Monthly” is not known, for the ledger cannot be opened. The log says why; reload the window.',
    })
  })

  it('refuses nothing where all budgets only warn', () => {
    assert.doesNotThrow(() => refuseWithoutLedger([budget('soft')], cause))
    assert.doesNotThrow(() => refuseWithoutLedger([], cause))
  })
})
