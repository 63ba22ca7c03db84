import type { Disposable } from '../core/ports.js'

/**
 * VS Code sends reported parts on only after 30 ms without another one, or when more than 30 have gathered.
 * Parts that are this far apart are held back no longer than that, whatever the model's speed.
 */
export const partIntervalMs = 32

/** With so many parts VS Code waits for no other. */
export const fullBatch = 31

/**
 * The first texts are passed on at once, by empty parts that fill VS Code's batch, after waits that grow to what VS Code
 * takes by itself: the first text is not late, and no gap after it is longer than the others. Milliseconds.
 */
export const openingWaitsMs: readonly number[] = [0, 6, 12, 18, 24]

type PacedKind = 'text' | 'reasoning'

export interface PacerOptions<Part> {
  report(part: Part): void
  /** Makes one part of the text that has gathered. */
  join(kind: PacedKind, text: string): Part
  /** A part that says nothing. */
  readonly filler: Part
  /** Milliseconds of a clock that never jumps. */
  now(): number
  /** Calls back once after `ms`. */
  schedule(callback: () => void, ms: number): Disposable
}

export interface Pacer<Part> extends Disposable {
  text(kind: PacedKind, text: string): void
  /** A part that is not text; keeps its place in the order. */
  part(part: Part): void
  /** Reports whatever waits; to be called at the end. */
  flush(): void
}

type Pending<Part> =
  | { readonly kind: PacedKind; text: string }
  | { readonly kind: 'part'; readonly part: Part }

/** Passes the first texts on at once, and then joins what arrives, so that parts keep their distance. */
export function createPacer<Part>(options: PacerOptions<Part>): Pacer<Part> {
  const pending: Pending<Part>[] = []
  let lastReport = Number.NEGATIVE_INFINITY
  let opened = 0
  let timer: Disposable | undefined

  const flush = () => {
    timer?.dispose()
    timer = undefined
    if (pending.length === 0) return
    lastReport = options.now()
    for (const item of pending.splice(0)) {
      options.report(item.kind === 'part' ? item.part : options.join(item.kind, item.text))
    }
  }
  const open = () => {
    const fillers = fullBatch - pending.length
    flush()
    for (let count = 0; count < fillers; count += 1) options.report(options.filler)
    // Nothing of it is left with VS Code, from which the next would have to keep a distance.
    lastReport = Number.NEGATIVE_INFINITY
    opened += 1
  }
  const flushWhenDue = () => {
    timer = undefined
    const wait = lastReport + partIntervalMs - options.now()
    if (wait <= 0) flush()
    else timer = options.schedule(flushWhenDue, wait)
  }
  const added = () => {
    if (timer !== undefined) return
    const wait = pending.at(-1)?.kind === 'text' ? openingWaitsMs[opened] : undefined
    if (wait === undefined) flushWhenDue()
    else if (wait === 0) open()
    else timer = options.schedule(open, wait)
  }
  return {
    text(kind, text) {
      if (text === '') return
      const last = pending.at(-1)
      if (last !== undefined && last.kind === kind) last.text += text
      else pending.push({ kind, text })
      added()
    },
    part(part) {
      pending.push({ kind: 'part', part })
      added()
    },
    flush,
    dispose() {
      timer?.dispose()
      timer = undefined
      pending.length = 0
    },
  }
}
