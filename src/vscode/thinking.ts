import * as vscode from 'vscode'
import { isReasoningState, type ReasoningPart } from '../core/chat.js'

/**
 * `LanguageModelThinkingPart` is in the host but not in the stable typings; older and newer hosts may lack it.
 */
export interface ThinkingPart {
  readonly value: string | readonly string[]
  readonly id?: string
  readonly metadata?: Readonly<Record<string, unknown>>
}

type ThinkingConstructor = new (
  value: string,
  id?: string,
  metadata?: Readonly<Record<string, unknown>>,
) => ThinkingPart

const stateKey = 'roundhouseReasoning'

function isConstructor(value: unknown): value is ThinkingConstructor {
  return typeof value === 'function'
}

function thinkingConstructor(): ThinkingConstructor | undefined {
  const found: unknown = Reflect.get(vscode, 'LanguageModelThinkingPart')
  return isConstructor(found) ? found : undefined
}

export function isThinkingPart(part: unknown): part is ThinkingPart {
  const constructor = thinkingConstructor()
  return constructor !== undefined && part instanceof constructor
}

/** Undefined where the host has no reasoning parts: reasoning is then not shown. */
export function createThinkingPart(part: ReasoningPart): ThinkingPart | undefined {
  const constructor = thinkingConstructor()
  if (constructor === undefined) return undefined
  if (part.state === undefined) return new constructor(part.text)
  return new constructor(part.text, undefined, { [stateKey]: part.state, vscode_reasoning_done: true })
}

/** Without our state a thinking part is another model's: its text alone may not be sent back. */
export function thinkingContent(part: ThinkingPart): ReasoningPart | undefined {
  const state: unknown = part.metadata?.[stateKey]
  const text = typeof part.value === 'string' ? part.value : part.value.join('')
  if (isReasoningState(state)) return { type: 'reasoning', text, state }
  return text === '' ? undefined : { type: 'reasoning', text }
}
