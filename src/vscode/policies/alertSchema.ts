import * as z from 'zod/mini'
import {
  alertRuleDefaults,
  alertWindows,
  defaultAlertRules,
  measureNames,
} from '../../core/usage/alertRules.js'
import { described } from '../described.js'
import { shortId } from '../shortId.js'
import type { ListSetting } from './listSetting.js'

/** What the setting `roundhouse.alerts.rules` may hold. */

const optional = z.exactOptional

const border = z.number().check(z.nonnegative())

const ownNames = defaultAlertRules.map(({ id }) => `\`${id}\``).join(', ')

const alertSchema = z
  .strictObject({
    id: described(shortId, `Short and unique; one of Roundhouse’s own (${ownNames}) is replaced by yours.`),
    enabled: optional(described(z.boolean(), 'Off: the rule, or Roundhouse’s own of that id, says nothing.')),
    metric: optional(
      described(z.enum(measureNames), 'What is watched; rates are from 0 to 1, times in ms, money in USD.'),
    ),
    above: optional(described(border, 'It holds where the metric is above this.')),
    below: optional(described(border, 'It holds where the metric is below this.')),
    scope: optional(
      described(
        z.enum(['model', 'connection']),
        `Each of what is watched; \`${alertRuleDefaults.watches}\` where absent.`,
      ),
    ),
    only: optional(
      described(
        z.string().check(z.minLength(1)),
        'Only models (`connection/id`) or connections like this; `*` is any text.',
      ),
    ),
    window: optional(
      described(
        z.enum(alertWindows),
        '`hour`: the last hour alone; `twoWeeks`: also the time before, which counts the less the longer ago it is. `hour` where absent.',
      ),
    ),
    leastRequests: optional(described(z.int().check(z.positive()), 'Fewer attempts say nothing.')),
    severity: optional(described(z.enum(['info', 'warning']), 'How it is shown.')),
    pauseHours: optional(
      described(
        z.number().check(z.positive()),
        'Hours before the same is said again of the same model or connection.',
      ),
    ),
  })
  .check(
    z.refine(
      ({ enabled, metric, above, below }) =>
        enabled === false || (metric !== undefined && (above === undefined) !== (below === undefined)),
      'must have a metric, and either “above” or “below”',
    ),
  )

export type AlertEntry = z.infer<typeof alertSchema>

export const alertList: ListSetting<AlertEntry> = {
  key: 'roundhouse.alerts.rules',
  schema: alertSchema,
  nameOf: ({ id }) => id,
}
