import { type ErrorCode, isModelError, type ModelError } from '../../core/errors.js'
import type { CommandId } from './table.js'

interface ErrorAction {
  readonly label: string
  readonly command: CommandId
}

export interface ErrorNotice {
  /** One clear sentence, or two. */
  readonly message: string
  readonly actions: readonly ErrorAction[]
}

const enterKey: ErrorAction = { label: 'Enter Key', command: 'roundhouse.enterKey' }
const editConnection: ErrorAction = { label: 'Edit Connection', command: 'roundhouse.editConnection' }
const addConnection: ErrorAction = { label: 'Add Connection', command: 'roundhouse.addConnection' }
const openSettings: ErrorAction = { label: 'Open Settings', command: 'roundhouse.editConnectionsJson' }
const showBudgets: ErrorAction = { label: 'Show Budgets', command: 'roundhouse.showBudgets' }
const selectModel: ErrorAction = { label: 'Choose Another Model', command: 'roundhouse.selectModel' }
const explainRouting: ErrorAction = { label: 'Explain Routing', command: 'roundhouse.explainRouting' }
const turnOff: ErrorAction = { label: 'Open Settings', command: 'roundhouse.openSettings' }
const showLog: ErrorAction = { label: 'Show Log', command: 'roundhouse.showLog' }

/** The user's next step, where the kind of error names one. */
const nextSteps: Readonly<Partial<Record<ErrorCode, readonly ErrorAction[]>>> = {
  unauthorized: [enterKey],
  forbidden: [enterKey],
  'rate-limited': [selectModel],
  'quota-exhausted': [selectModel],
  overloaded: [selectModel],
  'context-length': [selectModel],
  'content-filtered': [selectModel],
  'capability-unsupported': [selectModel],
  'invalid-request': [editConnection],
  'engine-failed': [selectModel],
  'fallback-exhausted': [explainRouting, selectModel],
  unreachable: [editConnection],
  timeout: [editConnection],
  'not-found': [editConnection],
  'no-model': [addConnection],
  'not-saved': [openSettings],
  'budget-exceeded': [showBudgets],
}

export function isCancellation(error: unknown): boolean {
  if (isModelError(error)) return error.code === 'cancelled'
  return error instanceof Error && (error.name === 'Canceled' || error.name === 'AbortError')
}

/** What failed, as one sentence. */
export function describeError(error: unknown): string {
  if (isCancellation(error)) return 'It was cancelled.'
  if (isModelError(error)) return error.message
  return 'Something unexpected went wrong; the log says what.'
}

/** What Roundhouse itself forbids, no server has answered, and no key helps. */
function stepsOf({ code, status }: ModelError): readonly ErrorAction[] {
  if (code === 'forbidden' && status === undefined) return [turnOff]
  return nextSteps[code] ?? []
}

/** Undefined where there is nothing to say: the user cancelled. */
export function explainError(error: unknown, what: string): ErrorNotice | undefined {
  if (isCancellation(error)) return undefined
  if (!isModelError(error)) return { message: `${what} failed. ${describeError(error)}`, actions: [showLog] }
  return { message: error.message, actions: [...stepsOf(error), showLog] }
}
