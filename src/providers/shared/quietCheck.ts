import { secondMs } from '../../core/durations.js'
import { ModelError } from '../../core/errors.js'
import type { Clock } from '../../core/ports.js'
import type { Arrivals } from './arrivals.js'
import { nameOf, type Subject } from './subject.js'

/** Whether the server still works on the answer; `unknown` changes nothing. */
export type SignOfLife = 'alive' | 'dead' | 'unknown'

/** Never rejects. */
export type QuietCheck = (signal: AbortSignal) => Promise<SignOfLife>

/** Without progress: long enough that a server that works is seldom asked, and time is left for its answer. */
const askAfterMs = 15 * secondMs
/** Without progress, for a server that has shown no sign of life. */
const failAfterMs = 30 * secondMs

export interface QuietOptions {
  readonly subject: Subject
  readonly clock: Clock
  readonly quiet?: QuietCheck | undefined
}

export interface QuietWatchdog {
  /** Milliseconds after which `dueAt` has to be looked at again, whatever it was. */
  readonly periodMs: number
  dueAt(): number
  /** Asks the server where that is due; whether it was. */
  ask(): boolean
  /** Undefined unless the server has shown no sign of life for too long. */
  failure(): ModelError | undefined
  dispose(): void
}

const unwatched: QuietWatchdog = {
  periodMs: Infinity,
  dueAt: () => Infinity,
  ask: () => false,
  failure: () => undefined,
  dispose: () => {},
}

/**
 * Once for each time that an answer goes quiet, and again as long as the server shows signs of life. `changed` says that
 * `dueAt` may be earlier now.
 */
export function watchQuiet(options: QuietOptions, arrivals: Arrivals, changed: () => void): QuietWatchdog {
  const { clock, quiet: check } = options
  if (check === undefined) return unwatched
  const ended = new AbortController()
  let asked: number | undefined
  let dead: number | undefined
  const isDead = (): boolean => dead === arrivals.progresses()
  const isAsked = (): boolean => asked === arrivals.progresses()
  const judge = async (count: number): Promise<void> => {
    const sign = await check(ended.signal)
    if (ended.signal.aborted || count !== arrivals.progresses()) return
    if (sign === 'alive') arrivals.alive()
    else if (sign === 'dead') dead = count
    changed()
  }
  const dueAt = (): number => {
    if (isDead()) return arrivals.lastProgress() + failAfterMs
    return isAsked() ? Infinity : arrivals.lastProgress() + askAfterMs
  }
  return {
    periodMs: askAfterMs,
    dueAt,
    ask() {
      if (isDead() || isAsked() || dueAt() > clock.monotonic()) return false
      asked = arrivals.progresses()
      void judge(asked)
      return true
    },
    failure: () =>
      isDead() && dueAt() <= clock.monotonic() ? stopped(options, arrivals.lastProgress()) : undefined,
    dispose: () => ended.abort(),
  }
}

function stopped({ clock, subject }: QuietOptions, since: number): ModelError {
  const seconds = Math.round((clock.monotonic() - since) / secondMs)
  return new ModelError({
    code: 'timeout',
    message: `${nameOf(subject)} at ${subject.host} has stopped working on the answer: it sent nothing but pings for ${seconds} seconds. Restart it, or choose another model.`,
    provider: subject.provider,
    retryable: true,
    model: subject.model,
  })
}
