import assert from 'node:assert/strict'
import type {
  Answer,
  FileQuestion,
  InputQuestion,
  Notice,
  PickQuestion,
  Ui,
} from '../../../../src/vscode/commands/ui.js'

/** What the user does next. */
export type Move =
  | { readonly do: 'pick'; readonly label: string }
  /** Presses a button of a row, then goes on with the same list. */
  | { readonly do: 'rowButton'; readonly label: string; readonly button: string }
  | { readonly do: 'type'; readonly text: string }
  | { readonly do: 'back' }
  | { readonly do: 'escape' }
  /** A button of a notice. */
  | { readonly do: 'press'; readonly button: string }
  /** Reads a notice and closes it. */
  | { readonly do: 'close' }
  | { readonly do: 'files'; readonly paths: readonly string[] }

export interface ScriptedUi extends Ui {
  readonly titles: string[]
  readonly prompts: string[]
  readonly notices: Notice[]
  readonly flashes: string[]
  /** Labels of the rows of each list, in the order in which the lists were shown. */
  readonly lists: string[][]
  /** Those lists as they were first shown. */
  readonly questions: Omit<PickQuestion<unknown>, 'onButton'>[]
  /** Fails where a move was not made. */
  assertDone(): void
}

interface Plan {
  next(asked: string): Move
}

/** Back or Escape: the only ways out of a question besides its answer. */
function leave(move: Move, asked: string): Answer<never> {
  if (move.do === 'back') return { kind: 'back' }
  assert.equal(move.do, 'escape', `planned ${JSON.stringify(move)}, but was asked: ${asked}`)
  return { kind: 'cancelled' }
}

async function pick<T>(plan: Plan, question: PickQuestion<T>, lists: string[][]): Promise<Answer<T>> {
  let { rows } = question
  for (;;) {
    lists.push(rows.map((row) => row.label))
    const move = plan.next(`${question.title}: ${question.placeholder}`)
    if (move.do !== 'pick' && move.do !== 'rowButton') return leave(move, question.title)
    const row = rows.find((candidate) => candidate.label === move.label)
    assert.ok(row !== undefined, `no row “${move.label}” among ${JSON.stringify(lists.at(-1))}`)
    if (move.do === 'pick') return { kind: 'value', value: row.value }
    const outcome = await question.onButton?.(move.button, row.value)
    if (outcome === 'close') return { kind: 'cancelled' }
    rows = outcome ?? rows
  }
}

function input(plan: Plan, question: InputQuestion, prompts: string[]): Answer<string> {
  for (;;) {
    const move = plan.next(`${question.title}: ${question.prompt}`)
    if (move.do !== 'type') return leave(move, question.title)
    question.onChange?.(move.text)
    const problem = question.validate?.(move.text)
    if (problem === undefined) return { kind: 'value', value: move.text }
    prompts.push(problem)
  }
}

function tell(plan: Plan, notice: Notice): string | undefined {
  const move = plan.next(notice.message)
  if (move.do === 'close') return undefined
  if (move.do !== 'press') assert.fail(`planned ${JSON.stringify(move)}, but was told: ${notice.message}`)
  assert.ok(notice.buttons?.includes(move.button), `no button “${move.button}” in: ${notice.message}`)
  return move.button
}

/** A user with a plan: every question takes the next move, and one that does not fit fails the test. */
export function createScriptedUi(...moves: Move[]): ScriptedUi {
  const seen = {
    titles: new Array<string>(),
    prompts: new Array<string>(),
    notices: new Array<Notice>(),
    flashes: new Array<string>(),
    lists: new Array<string[]>(),
    questions: new Array<Omit<PickQuestion<unknown>, 'onButton'>>(),
  }
  const plan: Plan = {
    next(asked) {
      const move = moves.shift()
      assert.ok(move !== undefined, `nothing was planned for: ${asked}`)
      return move
    },
  }
  return {
    ...seen,
    assertDone: () => assert.deepEqual(moves, [], 'moves that were never asked for'),
    async pick<T>(question: PickQuestion<T>): Promise<Answer<T>> {
      seen.titles.push(question.title)
      seen.questions.push(question)
      return pick(plan, question, seen.lists)
    },
    async input(question: InputQuestion): Promise<Answer<string>> {
      seen.titles.push(question.title)
      seen.prompts.push(question.prompt)
      return input(plan, question, seen.prompts)
    },
    async tell(notice: Notice): Promise<string | undefined> {
      seen.notices.push(notice)
      return tell(plan, notice)
    },
    flash: (message) => void seen.flashes.push(message),
    progress: async (_title, task) => task(new AbortController().signal),
    async chooseFiles(question: FileQuestion): Promise<readonly string[]> {
      const move = plan.next(question.title)
      if (move.do !== 'files') assert.fail(`planned ${JSON.stringify(move)}, but was asked for files`)
      return move.paths
    },
  }
}
