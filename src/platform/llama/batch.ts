import type { ResponsePart } from '../../core/chat.js'

export interface PartBatch {
  /** Takes a part; text that follows text of the same kind is joined. */
  add(part: ResponsePart): void
  /** Sends what is held. */
  flush(): void
}

/**
 * Gathers parts for a few milliseconds, so that a fast model costs one message per interval instead of one per token.
 * What comes after a pause is sent at once.
 */
export function createPartBatch(
  send: (parts: readonly ResponsePart[]) => void,
  intervalMs: number,
): PartBatch {
  let held: ResponsePart[] = []
  let sentAt = Number.NEGATIVE_INFINITY
  let timer: NodeJS.Timeout | undefined

  const flush = (): void => {
    clearTimeout(timer)
    timer = undefined
    if (held.length === 0) return
    sentAt = performance.now()
    send(held)
    held = []
  }

  return {
    flush,
    add(part) {
      const joined = joinParts(held.at(-1), part)
      if (joined === undefined) held.push(part)
      else held[held.length - 1] = joined
      const wait = sentAt + intervalMs - performance.now()
      if (wait <= 0) flush()
      else timer ??= setTimeout(flush, wait)
    },
  }
}

function joinParts(before: ResponsePart | undefined, part: ResponsePart): ResponsePart | undefined {
  if (before?.type === 'text' && part.type === 'text') return { type: 'text', text: before.text + part.text }
  if (before?.type === 'reasoning' && part.type === 'reasoning') {
    return { type: 'reasoning', text: before.text + part.text }
  }
  return undefined
}
