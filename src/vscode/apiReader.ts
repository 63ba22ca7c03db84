import * as z from 'zod/mini'
import { ModelError } from '../core/errors.js'
import { capabilityNames, type ModelRef, parseModelRef } from '../core/model.js'
import { features } from '../core/routing/features.js'
import { modelCategories } from '../core/routing/requirements.js'
import { weightsSchema } from './policies/weightsSchema.js'
import { describeIssue } from './schemaIssue.js'

/** What other extensions may pass to the exported API. They may be written in JavaScript. */

const { optional } = z
const positive = z.number().check(z.positive())
const count = z.int().check(z.positive())

const requirements = {
  capabilities: optional(z.array(z.enum(capabilityNames))),
  features: optional(z.array(z.enum(features))),
  minContextTokens: optional(count),
  maxLatencyMs: optional(positive),
  maxMedianLatencyMs: optional(positive),
  maxPricePer1kTokens: optional(positive),
  maxCost: optional(positive),
  privacy: optional(z.literal('local')),
  category: optional(z.enum(modelCategories)),
}

const weighed = { ...requirements, weights: optional(weightsSchema) }
const selectionSchema = z.strictObject({ ...weighed, inputTokens: optional(count) })
const wish = { model: optional(z.string()), requirements: optional(z.strictObject(weighed)) }
const texts = z.array(z.string())
const embedSchema = z.strictObject({
  texts,
  dimensions: optional(count),
  cache: optional(z.enum(['bypass', 'refresh'])),
  ...wish,
})
const rerankSchema = z.strictObject({ query: z.string(), documents: texts, ...wish })

function invalid(message: string): ModelError {
  return new ModelError({ code: 'invalid-request', message })
}

function check<T>(schema: z.ZodMiniType<T>, value: unknown): T {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const [issue] = result.error.issues
  if (issue === undefined) throw invalid('The request is not valid.')
  const path = issue.path.map(String).join('.')
  const subject = path === '' ? 'The request' : `“${path}” of the request`
  throw invalid(`${subject} ${describeIssue(issue, value)}.`)
}

function readModel(model: string | undefined): ModelRef | undefined {
  if (model === undefined) return undefined
  const ref = parseModelRef(model)
  if (ref === undefined)
    throw invalid(`“${model}” is not a Roundhouse model id. Take one that models() tells.`)
  return ref
}

type Wish = Readonly<z.infer<z.ZodMiniObject<typeof wish>>>

function readWish({ model, requirements: wanted }: Wish) {
  const { weights, ...demanded } = wanted ?? {}
  return { model: readModel(model), requirements: demanded, weights }
}

/** Each throws ModelError `invalid-request`. */
export function createApiReader() {
  return {
    selection(value: unknown) {
      const { weights, inputTokens, ...demanded } = check(selectionSchema, value)
      return { requirements: demanded, weights, inputTokens }
    },
    embed(value: unknown) {
      const { model, requirements: wanted, ...asked } = check(embedSchema, value)
      return { ...asked, ...readWish({ model, requirements: wanted }) }
    },
    rerank(value: unknown) {
      const { model, requirements: wanted, ...asked } = check(rerankSchema, value)
      return { ...asked, ...readWish({ model, requirements: wanted }) }
    },
  }
}
