import { hourMs, minuteMs } from '../durations.js'
import { createSummary, mergeSummary, type Summary, scaleSummary } from './summary.js'

/** The last hour, in slots of five minutes, is "now". */
export const slotMs = 5 * minuteMs
const recentSlots = 12

/** What is older counts half after three days, a quarter after six. */
export const halfLifeMs = 72 * hourMs

/** What is known of one model, or of one connection: the last hour as it was, and what came before, fading. */
export interface Series {
  /** Changes what was told for the time `at` (ms since the epoch, none later than `now`). */
  at(at: number, now: number, change: (summary: Summary, weight: number) => void): void
  recent(now: number): Summary
  history(now: number): Summary
  /** Changes whenever `recent` or `history` would say something else. */
  version(now: number): number
}

function fade(ms: number): number {
  return 2 ** (-ms / halfLifeMs)
}

/** A summary in which everything counts by its age. */
function createFadingSummary() {
  const summary = createSummary()
  /** The time for which its weights hold. */
  let reference = Number.NEGATIVE_INFINITY
  return {
    summary,
    /** Makes the weights those of `time`, where that is later; returns what something of `time` weighs. */
    weightAt(time: number): number {
      if (time <= reference) return fade(reference - time)
      if (reference > 0) scaleSummary(summary, fade(time - reference))
      reference = time
      return 1
    },
    /** What was told for a later time counts as of this one. */
    putBack: (time: number) => void (reference = Math.min(reference, time)),
  }
}

/** Weighs by the times alone, so that the order in which attempts are told does not matter. */
export function createSeries(): Series {
  const slots = new Map<number, Summary>()
  const old = createFadingSummary()
  let newest = Number.NEGATIVE_INFINITY
  let version = 0

  /** A clock that was put back leaves slots of the future behind, which become history as well. */
  function advance(now: number): void {
    const current = Math.floor(now / slotMs)
    if (current === newest) return
    newest = current
    old.putBack(current * slotMs)
    for (const [slot, summary] of slots) {
      if (slot <= current && slot > current - recentSlots) continue
      slots.delete(slot)
      mergeSummary(old.summary, summary, old.weightAt(Math.min(slot, current) * slotMs))
      version++
    }
  }

  function slotOf(slot: number): Summary {
    const known = slots.get(slot)
    if (known !== undefined) return known
    const summary = createSummary()
    slots.set(slot, summary)
    return summary
  }

  return {
    at(at, now, change) {
      advance(now)
      version++
      const slot = Math.min(newest, Math.floor(at / slotMs))
      if (slot > newest - recentSlots) change(slotOf(slot), 1)
      else change(old.summary, old.weightAt(slot * slotMs))
    },
    recent(now) {
      advance(now)
      const summary = createSummary()
      for (const slot of slots.values()) mergeSummary(summary, slot, 1)
      return summary
    },
    history(now) {
      advance(now)
      return old.summary
    },
    version(now) {
      advance(now)
      return version
    },
  }
}
