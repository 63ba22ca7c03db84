import { setTimeout as wait } from 'node:timers/promises'

/** Long enough for a machine that is busy with much else: only a failure waits for it. */
export const limitMs = 60_000
const pollMs = 50
/** How long the effect of a click or a key may take before it counts as lost: an extension may have to answer first. */
const effectMs = 15_000
/** For a single click or hover inside `insist`. */
export const actionTimeout = { timeout: 4000 } as const

/**
 * Looks again and again until what is read is such as `holds` says, and resolves with it. The error shows what was
 * read last.
 */
export async function until<T>(
  what: string,
  read: () => T | Promise<T>,
  holds: (value: T) => boolean = Boolean,
): Promise<T> {
  for (const end = Date.now() + limitMs; ; await wait(pollMs)) {
    const value = await read()
    if (holds(value)) return value
    if (Date.now() > end) {
      throw new Error(`Not within ${limitMs / 1000} s: ${what}. Last seen: ${JSON.stringify(value)}`)
    }
  }
}

async function takesEffect(isDone: () => Promise<boolean>): Promise<boolean> {
  for (const late = Date.now() + effectMs; Date.now() < late; await wait(pollMs)) {
    if (await isDone()) return true
  }
  return false
}

/**
 * Does something, and does it again while it fails or has no effect, as a user would: a workbench that is busy, or that
 * has just drawn something anew, loses a click or a key now and then. Without `isDone` it is done once it does not fail.
 */
export async function insist(
  what: string,
  act: () => Promise<unknown>,
  isDone: () => Promise<boolean> = async () => true,
): Promise<void> {
  let cause: unknown
  for (const end = Date.now() + limitMs; Date.now() < end; await wait(pollMs)) {
    try {
      await act()
      if (await takesEffect(isDone)) return
    } catch (error) {
      cause = error
    }
  }
  throw new Error(`Not within ${limitMs / 1000} s, though tried again and again: ${what}.`, { cause })
}
