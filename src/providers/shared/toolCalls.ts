import type { ToolCallPart } from '../../core/chat.js'
import { ModelError } from '../../core/errors.js'
import { isRecord, parseJson } from '../../core/json.js'
import { redactName } from './redaction.js'
import { nameOf, type Subject } from './subject.js'

/** One piece of a tool call; what a provider repeats or leaves out is undefined. */
export interface ToolCallFragment {
  /** Which of the parallel calls. Where a server gives none, a new id begins a new call. */
  readonly index?: number
  readonly id?: string
  readonly name?: string
  /** A piece of JSON text, or the whole input of servers that send an object. */
  readonly input?: unknown
}

export interface ToolCallAssembly {
  add(fragment: ToolCallFragment): void
  isEmpty(): boolean
  /** The calls in the order in which they began. Throws ModelError where an input is no JSON object. */
  finish(): readonly ToolCallPart[]
}

interface OpenCall {
  id: string | undefined
  name: string
  text: string
  whole: unknown
}

export function createToolCallAssembly(subject: Subject): ToolCallAssembly {
  const calls = new Map<number, OpenCall>()
  let last = -1

  const locate = ({ index, id }: ToolCallFragment): number => {
    const place = index ?? Math.max(last, 0)
    const open = calls.get(place)
    // Some servers number every parallel call 0, and tell them apart by their ids alone.
    const isOther = open?.id !== undefined && id !== undefined && id !== open.id
    if (!isOther) return place
    for (const [other, call] of calls) if (call.id === id) return other
    return Math.max(...calls.keys()) + 1
  }

  return {
    add(fragment) {
      const place = locate(fragment)
      last = place
      const call = calls.get(place) ?? { id: undefined, name: '', text: '', whole: undefined }
      calls.set(place, call)
      call.id ??= fragment.id
      if (call.name === '') call.name = fragment.name ?? ''
      if (typeof fragment.input === 'string') call.text += fragment.input
      else if (fragment.input !== undefined && fragment.input !== null) call.whole = fragment.input
    },
    isEmpty: () => calls.size === 0,
    finish() {
      const taken = new Set([...calls.values()].map((call) => call.id))
      return [...calls.values()]
        .filter((call) => call.name !== '')
        .map((call) => ({
          type: 'toolCall',
          callId: call.id ?? nextId(taken),
          name: call.name,
          input:
            call.whole === undefined
              ? parseToolInput(subject, call.name, call.text)
              : readInput(subject, call),
        }))
    },
  }
}

/** An id for a call that came without one, taken by no other. */
export function nextId(taken: Set<string | undefined>): string {
  let count = taken.size
  while (taken.has(`call_${count}`)) count++
  taken.add(`call_${count}`)
  return `call_${count}`
}

/** The input of a call from its JSON text. No text at all means no input. Throws ModelError `provider-error`. */
export function parseToolInput(
  subject: Subject,
  name: string,
  text: string,
): Readonly<Record<string, unknown>> {
  if (text.trim() === '') return {}
  const once = parseJson(text)
  // Some models encode the object twice.
  const value = typeof once === 'string' ? parseJson(once) : once
  return readInput(subject, { name, whole: value })
}

function readInput(
  subject: Subject,
  call: Pick<OpenCall, 'name' | 'whole'>,
): Readonly<Record<string, unknown>> {
  if (call.whole === null) return {}
  if (isRecord(call.whole)) return call.whole
  throw new ModelError({
    code: 'provider-error',
    message: `The model at ${nameOf(subject)} called the tool “${redactName(call.name, subject.secrets())}” with an input that is not a JSON object. Try again, or choose a model that is better with tools.`,
    provider: subject.provider,
    retryable: true,
    model: subject.model,
  })
}
