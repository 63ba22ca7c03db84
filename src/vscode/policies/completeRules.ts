import { hourMs } from '../../core/durations.js'
import { type AlertRule, alertRuleDefaults, defaultAlertRules } from '../../core/usage/alertRules.js'
import type { AlertEntry } from './alertSchema.js'

function conditionOf({ metric, above, below }: AlertEntry): AlertRule['when'] | undefined {
  if (metric === undefined) return undefined
  if (above !== undefined) return { measure: metric, above }
  return below === undefined ? undefined : { measure: metric, below }
}

/** With what the user left out; undefined for a rule that is off. */
function completeRule(entry: AlertEntry): AlertRule | undefined {
  const { id, enabled = true, scope, only, pauseHours, metric: _, above: __, below: ___, ...said } = entry
  const when = conditionOf(entry)
  if (!enabled || when === undefined) return undefined
  return {
    ...alertRuleDefaults,
    ...said,
    id,
    when,
    ...(scope === undefined ? {} : { watches: scope }),
    ...(only === undefined ? {} : { only }),
    ...(pauseHours === undefined ? {} : { pauseMs: pauseHours * hourMs }),
  }
}

/** The user's rules, and those of Roundhouse's own that the user has not replaced. */
export function completeRules(entries: readonly AlertEntry[]): readonly AlertRule[] {
  const named = new Set(entries.map(({ id }) => id))
  return [
    ...defaultAlertRules.filter(({ id }) => !named.has(id)),
    ...entries.flatMap((entry) => completeRule(entry) ?? []),
  ]
}
