import { setTimeout as wait } from 'node:timers/promises'

const limitMs = 30_000
const pollMs = 50

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
