import * as z from 'zod/mini'
import { complexities } from '../../core/routing/complexity.js'
import { features } from '../../core/routing/features.js'
import { modelCategories, type Requirements } from '../../core/routing/requirements.js'
import type { RouteSetting } from '../../core/routing/routes.js'
import type { RoutingRule, RuleCondition } from '../../core/routing/rules.js'
import { described } from '../described.js'
import type { ListSetting } from './listSetting.js'
import { weightsSchema } from './weightsSchema.js'

/** What the setting `roundhouse.routes` may hold. */

const positive = z.number().check(z.positive())
const count = z.int().check(z.positive())
const share = z.number().check(z.gte(0), z.lte(1))
const patterns = z.array(z.string().check(z.minLength(1)))
const optional = z.exactOptional

const capabilities = [
  'toolCalling',
  'imageInput',
  'reasoning',
  'structuredOutput',
  'streaming',
  'systemRole',
] as const

const requirementsSchema: z.ZodMiniType<Requirements> = z.strictObject({
  capabilities: optional(described(z.array(z.enum(capabilities)), 'Must be known to be there.')),
  features: optional(described(z.array(z.enum(features)), 'Must be known to be there.')),
  minContextTokens: optional(described(count, 'Tokens of input that a model must take.')),
  maxLatencyMs: optional(described(positive, 'Milliseconds to the first part, by the measured p95.')),
  maxMedianLatencyMs: optional(described(positive, 'Milliseconds to the first part, by the median.')),
  maxPricePer1kTokens: optional(described(positive, 'USD per 1,000 tokens, input and output each.')),
  maxCost: optional(described(positive, 'USD for a request, as estimated.')),
  privacy: optional(described(z.literal('local'), 'Nothing may leave for a cloud.')),
  category: optional(described(z.enum(modelCategories), 'How much a model is made for.')),
})

const conditionSchema: z.ZodMiniType<RuleCondition> = z.strictObject({
  minInputTokens: optional(count),
  maxInputTokens: optional(count),
  complexity: optional(z.array(z.enum(complexities))),
  usesTools: optional(z.boolean()),
})

const when = { when: optional(described(conditionSchema, 'The rule counts only where all of this holds.')) }

const ruleSchema: z.ZodMiniType<RoutingRule> = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('preferLocal'), upToTokens: optional(count), ...when }),
  z.strictObject({ kind: z.literal('maxCost'), usd: positive, ...when }),
  z.strictObject({
    kind: z.literal('maxLatency'),
    p50Ms: optional(positive),
    p95Ms: optional(positive),
    ...when,
  }),
  z.strictObject({ kind: z.literal('require'), requirements: requirementsSchema, ...when }),
  z.strictObject({ kind: z.literal('weigh'), weights: weightsSchema, ...when }),
  z.strictObject({
    kind: z.literal('complexity'),
    simple: optional(weightsSchema),
    moderate: optional(weightsSchema),
    complex: optional(weightsSchema),
    ...when,
  }),
  z.strictObject({ kind: z.literal('sticky'), minutes: optional(positive), ...when }),
  z.strictObject({
    kind: z.literal('balance'),
    within: optional(share),
    weights: optional(z.record(z.string(), z.number().check(z.nonnegative()))),
    ...when,
  }),
])

const routeName = z
  .string()
  .check(
    z.regex(
      /^[a-z0-9][a-z0-9-]{0,62}(\/[a-z0-9][a-z0-9-]{0,62})?$/,
      'use lower-case letters, digits and hyphens, with one slash at most',
    ),
  )

const routeSchema: z.ZodMiniType<RouteSetting> = z.strictObject({
  name: described(routeName, 'What models are called by; one of Roundhouse’s own names takes its place.'),
  title: optional(described(z.string().check(z.minLength(1)), 'The name shown.')),
  description: optional(z.string()),
  models: optional(
    described(patterns, 'Patterns over connection/model, * is any text; every model where absent.'),
  ),
  exclude: optional(described(patterns, 'Models that match one of these are left out.')),
  order: optional(
    described(z.enum(['ranked', 'listed']), '`listed`: in the order of `models`, not by the score.'),
  ),
  quality: optional(
    described(z.record(z.string(), share), 'What you think of models, from 0 to 1, by pattern.'),
  ),
  maxAttempts: optional(described(z.int().check(z.gte(1), z.lte(10)), 'Calls for one request at most.')),
  weights: optional(described(weightsSchema, 'What counts: a preset, or a number for each side.')),
  requirements: optional(described(requirementsSchema, 'What a model must meet.')),
  rules: optional(described(z.array(ruleSchema), 'Followed in their order; what they require adds up.')),
})

export const routeList: ListSetting<RouteSetting> = {
  key: 'roundhouse.routes',
  schema: routeSchema,
  nameOf: ({ name }) => name,
}
