import assert from 'node:assert/strict'
import { runSteps, type Step } from '../../../../src/vscode/commands/steps.js'
import type { Answer, StepPosition } from '../../../../src/vscode/commands/ui.js'

type Draft = readonly string[]

function scripted(
  name: string,
  positions: StepPosition[],
  ...answers: Answer<undefined>['kind'][]
): Step<Draft> {
  return async (draft, position) => {
    positions.push(position)
    const kind = answers.shift() ?? 'value'
    return kind === 'value' ? { kind, value: [...draft, name] } : { kind }
  }
}

describe('steps', () => {
  it('run in order, numbered, with Back from the second on', async () => {
    const positions: StepPosition[] = []
    const steps = [scripted('a', positions), scripted('b', positions)]
    const draft: Draft = []
    assert.deepEqual(await runSteps({ draft, stepsFor: () => steps, totalIsKnown: () => true }), ['a', 'b'])
    assert.deepEqual(positions, [
      { step: 1, total: 2, canGoBack: false },
      { step: 2, total: 2, canGoBack: true },
    ])
  })

  it('keep what was entered when going back', async () => {
    const positions: StepPosition[] = []
    const steps = [scripted('a', positions), scripted('b', positions, 'back')]
    const draft: Draft = []
    assert.deepEqual(await runSteps({ draft, stepsFor: () => steps, totalIsKnown: () => true }), [
      'a',
      'a',
      'b',
    ])
    assert.deepEqual(
      positions.map(({ step }) => step),
      [1, 2, 1, 2],
    )
  })

  it('end without a result where the user gives up', async () => {
    const steps = [scripted('a', []), scripted('b', [], 'cancelled')]
    const draft: Draft = []
    assert.equal(await runSteps({ draft, stepsFor: () => steps, totalIsKnown: () => true }), undefined)
  })

  it('are numbered without a total while it is unknown', async () => {
    const positions: StepPosition[] = []
    const draft: Draft = []
    await runSteps({
      draft,
      stepsFor: () => [scripted('a', positions)],
      totalIsKnown: ({ length }) => length > 0,
    })
    assert.deepEqual(positions, [{ step: 1, canGoBack: false }])
  })
})
