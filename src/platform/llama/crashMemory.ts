import { minuteMs } from '../../core/durations.js'
import { ModelError } from '../../core/errors.js'
import type { Clock } from '../../core/ports.js'
import type { ModelFile } from './modelFile.js'

const firstRest = 30_000
const longestRest = 10 * minuteMs

export interface CrashMemory {
  record(file: ModelFile): void
  /** Throws ModelError `engine-failed` while a file that ended the engine rests. */
  check(file: ModelFile): void
}

interface Crash {
  readonly fingerprint: string
  readonly count: number
  /** Of the monotonic clock, in milliseconds. */
  readonly restsUntil: number
}

/**
 * Keeps a file that ends the engine from doing so again and again, at the cost of everyone else's requests: after each
 * crash it rests for twice as long, unless the file itself has changed.
 */
export function createCrashMemory(clock: Clock): CrashMemory {
  const crashes = new Map<string, Crash>()

  const known = ({ path, fingerprint }: ModelFile): Crash | undefined => {
    const crash = crashes.get(path)
    return crash?.fingerprint === fingerprint ? crash : undefined
  }

  return {
    record(file) {
      const count = (known(file)?.count ?? 0) + 1
      const rest = Math.min(firstRest * 2 ** (count - 1), longestRest)
      const { path, fingerprint } = file
      crashes.set(path, { fingerprint, count, restsUntil: clock.monotonic() + rest })
    },
    check(file) {
      const wait = (known(file)?.restsUntil ?? 0) - clock.monotonic()
      if (wait <= 0) return
      throw new ModelError({
        code: 'engine-failed',
        message:
          `${file.path} ended the embedded engine and is not tried again for ${Math.ceil(wait / 1000)} s: ` +
          'download it again, or remove it from the connection.',
        retryAfterMs: wait,
      })
    },
  }
}
