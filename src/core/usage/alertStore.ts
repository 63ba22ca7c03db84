import { hourMs } from '../durations.js'
import type { Database } from '../ports.js'

/** What an alert is about, as far as its repetition goes. `*` means any. */
export interface AlertKey {
  readonly rule: string
  readonly subject: string
}

export interface Silence extends AlertKey {
  /** Milliseconds since the epoch. */
  readonly until: number
}

interface AlertClaim extends AlertKey {
  /** Milliseconds since the epoch. */
  readonly now: number
  readonly pauseMs: number
}

/** Which alerts were given, and which nobody wants, for all windows. Throws ModelError `not-saved` or `forbidden`. */
export interface AlertStore {
  /** True for one window alone, and not again before the pause is over; false where it is silenced or too many were given. */
  claim(claim: AlertClaim): boolean
  silence(silence: Silence): void
  unsilence(key: AlertKey): void
  /** Those that still hold. */
  silences(now: number): readonly Silence[]
}

/** However many models fail together, the user reads no more than this. */
export const mostAlertsPerHour = 4

// A time ahead of the clock is of a clock that was put back since.
const claimSql = `
INSERT INTO alert (rule, subject, raised_at)
SELECT ?1, ?2, ?3
WHERE (SELECT count(*) FROM alert WHERE raised_at > ?3 - ${hourMs} AND raised_at <= ?3) < ${mostAlertsPerHour}
  AND NOT EXISTS (
    SELECT 1 FROM alert_silence
    WHERE rule IN (?1, '*') AND subject IN (?2, '*') AND until > ?3)
ON CONFLICT (rule, subject) DO UPDATE SET raised_at = excluded.raised_at
WHERE raised_at <= ?3 - ?4 OR raised_at > ?3`

const silenceSql = `
INSERT INTO alert_silence (rule, subject, until) VALUES (?, ?, ?)
ON CONFLICT (rule, subject) DO UPDATE SET until = excluded.until`

export function createAlertStore(database: Database): AlertStore {
  return {
    claim({ rule, subject, now, pauseMs }) {
      return database.transaction(() => database.run(claimSql, rule, subject, now, pauseMs).changes > 0)
    },
    silence({ rule, subject, until }) {
      database.transaction(() => database.run(silenceSql, rule, subject, until))
    },
    unsilence({ rule, subject }) {
      database.transaction(() =>
        database.run('DELETE FROM alert_silence WHERE rule = ? AND subject = ?', rule, subject),
      )
    },
    silences: (now) =>
      database
        .all('SELECT rule, subject, until FROM alert_silence WHERE until > ? ORDER BY rule, subject', now)
        .map(({ rule, subject, until }) => ({
          rule: String(rule),
          subject: String(subject),
          until: Number(until),
        })),
  }
}
