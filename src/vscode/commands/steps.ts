import type { Answer, StepPosition } from './ui.js'

/** Asks one thing and answers with the draft as it then is. */
export type Step<Draft> = (draft: Draft, position: StepPosition) => Promise<Answer<Draft>>

export interface StepRun<Draft> {
  readonly draft: Draft
  /** May grow or shrink with the answers; asked again before each step. */
  readonly stepsFor: (draft: Draft) => readonly Step<Draft>[]
  /** False while the number of steps depends on an answer still to come. */
  readonly totalIsKnown: (draft: Draft) => boolean
  /** Where to begin, from 0. */
  readonly start?: number
}

/** Runs steps with Back; undefined where the user gave up. What was entered is kept when going back. */
export async function runSteps<Draft>(run: StepRun<Draft>): Promise<Draft | undefined> {
  let draft = run.draft
  let index = run.start ?? 0
  for (;;) {
    const steps = run.stepsFor(draft)
    const step = steps[index]
    if (step === undefined) return draft
    const answer = await step(draft, {
      step: index + 1,
      canGoBack: index > 0,
      ...(run.totalIsKnown(draft) ? { total: steps.length } : {}),
    })
    if (answer.kind === 'cancelled') return undefined
    if (answer.kind === 'back') {
      index = Math.max(0, index - 1)
      continue
    }
    draft = answer.value
    index += 1
  }
}
