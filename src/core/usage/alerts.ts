import { minuteMs } from '../durations.js'
import { isModelError } from '../errors.js'
import { formatModelRef, type ModelRef } from '../model.js'
import type { Clock, Disposable, Log } from '../ports.js'
import { createTimer } from '../timer.js'
import { type AlertRule, type AlertSubject, findAlert, formatSubject } from './alertRules.js'
import type { AlertKey, AlertStore, Silence } from './alertStore.js'
import type { AttemptRecord } from './attemptRecord.js'
import type { Metrics } from './metrics.js'

/** Something about a model or a connection that its user should know. */
export interface Alert {
  readonly rule: AlertRule
  readonly subject: AlertSubject
  /** One clear sentence or two; never a key, never a prompt. */
  readonly message: string
}

export interface Alerts extends Disposable {
  /** Looks within a second at the model and the connection of an attempt that the metrics have counted. Never throws. */
  observe(record: AttemptRecord): void
  /** Nothing more of this rule and this subject for `ms`; `*` is any. Throws ModelError `not-saved` or `forbidden`. */
  silence(key: AlertKey, ms: number): void
  unsilence(key: AlertKey): void
  silences(): readonly Silence[]
}

export interface AlertsOptions {
  readonly metrics: Pick<Metrics, 'model' | 'connection' | 'lastHour'>
  /** The user's rules, read anew each time. */
  readonly rules: () => readonly AlertRule[]
  readonly store: AlertStore
  readonly clock: Clock
  readonly log: Log
  /** Shows it, in the one window that has claimed it; returns at once. */
  readonly notify: (alert: Alert) => void
}

/** The key of what silences or repeats it. */
export function keyOf({ rule, subject }: Pick<Alert, 'rule' | 'subject'>): AlertKey {
  return { rule: rule.id, subject: formatSubject(subject) }
}

/** Milliseconds: statistics take time to compute, and nobody's answer is to wait for them. */
const lookAfterMs = 1_000

/** Milliseconds before the store is asked again about something that still holds. */
const askAgainMs = minuteMs

/** Tells of rules that have come to hold: each once in its pause, in one window, and none that is silenced. */
export function createAlerts(options: AlertsOptions): Alerts {
  const { metrics, store, clock, log } = options
  /** Until when, by the clock that never jumps, something that holds is not looked at again. */
  const held = new Map<string, number>()

  function claim(alert: Alert): boolean {
    try {
      return store.claim({ ...keyOf(alert), now: clock.now(), pauseMs: alert.rule.pauseMs })
    } catch (error) {
      // Better told in each window than in none; this window's own memory spares the repetition.
      log.warn(`An alert could not be kept: ${isModelError(error) ? error.message : 'unknown error'}`)
      held.set(nameOf(alert), clock.monotonic() + alert.rule.pauseMs)
      return true
    }
  }

  function consider(alert: Alert): void {
    const name = nameOf(alert)
    if ((held.get(name) ?? 0) > clock.monotonic()) return
    held.set(name, clock.monotonic() + askAgainMs)
    if (!claim(alert)) return
    log.info(alert.message)
    options.notify(alert)
  }

  function look({ connection, id }: ModelRef): void {
    for (const rule of options.rules()) {
      const isModel = rule.watches === 'model'
      const subject = { connection, ...(isModel ? { model: { connection, id } } : {}) }
      const told = rule.window === 'hour' ? metrics.lastHour : metrics
      const statistics = isModel ? told.model({ connection, id }) : told.connection(connection)
      const message = statistics === undefined ? undefined : findAlert(rule, subject, statistics)
      if (message !== undefined) consider({ rule, subject, message })
    }
  }

  /** Models that were asked since the last look, by their references. */
  const asked = new Map<string, ModelRef>()
  const timer = createTimer(clock, () => {
    const models = [...asked.values()]
    asked.clear()
    models.forEach(look)
  })

  return {
    observe({ model, isCacheHit }) {
      if (isCacheHit) return
      if (asked.size === 0) timer.set(lookAfterMs)
      asked.set(formatModelRef(model), model)
    },
    dispose: () => timer.dispose(),
    silence: (key, ms) => store.silence({ ...key, until: clock.now() + ms }),
    unsilence: (key) => store.unsilence(key),
    silences: () => store.silences(clock.now()),
  }
}

function nameOf(alert: Alert): string {
  const { rule, subject } = keyOf(alert)
  return `${rule} ${subject}`
}
