import type { JsonRecord } from '../../core/json.js'
import { answerLimits, beyondLimit } from './answerLimits.js'
import type { Subject } from './subject.js'

/** Members that a server put beside a call, such as the signature of the thought before it. */
export interface BesideCall {
  /** Of the call itself. */
  readonly call?: JsonRecord
  /** Of its `function`. */
  readonly function?: JsonRecord
}

export interface Beside {
  /** Throws ModelError `provider-error` where it is more than a call's arguments may be. */
  add(more: BesideCall | undefined, subject: Subject): void
  /** Undefined where there was nothing. */
  value(): BesideCall | undefined
}

/** Gathers them over the deltas of a call; the last word of each member holds. */
export function createBeside(): Beside {
  const kept = { call: new Map<string, unknown>(), function: new Map<string, unknown>() }
  let length = 0
  const gather = (place: keyof BesideCall, members: JsonRecord, subject: Subject): void => {
    for (const [name, value] of Object.entries(members)) {
      length += name.length + JSON.stringify(value).length
      if (length > answerLimits.input) throw beyondLimit(subject, 'input')
      kept[place].set(name, value)
    }
  }
  return {
    add(more, subject) {
      if (more?.call !== undefined) gather('call', more.call, subject)
      if (more?.function !== undefined) gather('function', more.function, subject)
    },
    value() {
      if (kept.call.size + kept.function.size === 0) return undefined
      return {
        ...(kept.call.size === 0 ? {} : { call: Object.fromEntries(kept.call) }),
        ...(kept.function.size === 0 ? {} : { function: Object.fromEntries(kept.function) }),
      }
    },
  }
}

const known: Readonly<Record<keyof BesideCall, ReadonlySet<string>>> = {
  call: new Set(['index', 'id', 'type', 'function', '__proto__']),
  function: new Set(['name', 'arguments', '__proto__']),
}

/** What of a call of Chat Completions is not the call itself; undefined where there is nothing else. */
export function besideOf(call: JsonRecord, called: JsonRecord): BesideCall | undefined {
  const ofCall = others('call', call)
  const ofFunction = others('function', called)
  if (ofCall === undefined && ofFunction === undefined) return undefined
  return {
    ...(ofCall === undefined ? {} : { call: ofCall }),
    ...(ofFunction === undefined ? {} : { function: ofFunction }),
  }
}

function others(place: keyof BesideCall, members: JsonRecord): JsonRecord | undefined {
  let found: Record<string, unknown> | undefined
  for (const [name, value] of Object.entries(members)) {
    if (known[place].has(name) || value === null || value === undefined || value === '') continue
    found ??= {}
    found[name] = value
  }
  return found
}
