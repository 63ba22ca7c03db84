import type { ModelRef } from '../model.js'
import type { AttemptRecord } from './attemptRecord.js'

/** Requests that may still turn to another model. */
const mostOpenRequests = 1_000

interface OpenRequest {
  readonly last: ModelRef
  /** Models that the request has turned from, in their order. */
  readonly turned: readonly ModelRef[]
}

interface Turn {
  /** The model that this attempt was turned to from, if that is another one. */
  readonly from?: ModelRef
  /** Models that the request had turned from, where this attempt has answered it. */
  readonly rescued: readonly ModelRef[]
}

export interface FallbackWatch {
  follow(record: AttemptRecord): Turn
}

function isSame(a: ModelRef, b: ModelRef): boolean {
  return a.connection === b.connection && a.id === b.id
}

/** Tells which attempts were fallbacks, and which of those were worth it. */
export function createFallbackWatch(): FallbackWatch {
  const open = new Map<string, OpenRequest>()
  return {
    follow({ requestId, number, model, outcome }) {
      const before = open.get(requestId)
      open.delete(requestId)
      const from = before === undefined || number <= 1 || isSame(before.last, model) ? undefined : before.last
      const turned = [...(before?.turned ?? []), ...(from === undefined ? [] : [from])]
      if (outcome.kind === 'failure') open.set(requestId, { last: model, turned })
      for (const oldest of open.keys()) {
        if (open.size <= mostOpenRequests) break
        open.delete(oldest)
      }
      return { ...(from === undefined ? {} : { from }), rescued: outcome.kind === 'success' ? turned : [] }
    },
  }
}
