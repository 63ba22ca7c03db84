import * as z from 'zod/mini'
import { mostUsdPerMillion } from '../core/credible.js'
import { parameterNames } from '../core/parameters/merge.js'
import { parameterTemplates } from '../core/parameters/templates.js'
import type { ConnectionField, FieldType, Provider, ProviderTable } from '../core/provider.js'
import { described } from './described.js'
import { parameterSettingsSchema } from './parameterSchema.js'
import { shortId } from './shortId.js'

/** What the setting `roundhouse.connections` may hold, derived from the provider table. */

const tokens = z.int().check(z.positive())
const price = z.number().check(z.nonnegative(), z.lte(mostUsdPerMillion))

const flag = z.exactOptional(z.boolean())
const optionalPrice = z.exactOptional(price)
const optionalTokens = z.exactOptional(tokens)

const capabilities = z.strictObject({
  toolCalling: flag,
  imageInput: flag,
  reasoning: flag,
  structuredOutput: flag,
  embedding: flag,
  reranking: flag,
  streaming: flag,
  systemRole: flag,
})

const prices = {
  input: optionalPrice,
  output: optionalPrice,
  cacheRead: optionalPrice,
  cacheWrite: optionalPrice,
}

const tiers = z.array(z.strictObject({ aboveInputTokens: tokens, ...prices })).register(z.globalRegistry, {
  description: 'Prices of the whole request once its input is longer.',
})

const pricing = z.strictObject({ ...prices, tiers: z.exactOptional(tiers) })

/** With the names of our own templates to choose from. */
function describedTemplate<T extends z.ZodMiniType>(schema: T, description: string) {
  z.globalRegistry.add(schema, { description, examples: parameterTemplates.map(({ name }) => name) })
  return z.exactOptional(schema)
}

const templateName = () => z.string().check(z.minLength(1))

const parameters = (description: string) => z.exactOptional(described(parameterSettingsSchema, description))

const modelSettings = z
  .strictObject({
    name: z.exactOptional(z.string().check(z.minLength(1))),
    family: z.exactOptional(z.string().check(z.minLength(1))),
    version: z.exactOptional(z.string()),
    contextWindow: optionalTokens,
    maxInputTokens: optionalTokens,
    maxOutputTokens: optionalTokens,
    reasoningEfforts: z.exactOptional(
      described(
        z.array(z.string().check(z.minLength(1))),
        'Levels of reasoning effort that the model takes, such as low, medium and high; Chat offers them beside the model.',
      ),
    ),
    capabilities: z.exactOptional(
      capabilities.register(z.globalRegistry, {
        description: 'What the model can do; what is left out stays as listed.',
      }),
    ),
    pricing: z.exactOptional(pricing.register(z.globalRegistry, { description: 'USD per million tokens.' })),
    refusedParameters: z.exactOptional(
      described(
        z.array(z.enum(parameterNames)),
        'Parameters that the model does not take; never sent to it.',
      ),
    ),
    parameters: parameters('Sent with every request to the model; stronger than the connection’s.'),
    template: describedTemplate(
      z.nullable(templateName()),
      'A parameter template for the model, in place of the connection’s; null is none.',
    ),
    extraBody: z.exactOptional(
      described(
        z.record(z.string(), z.unknown()),
        'Merged into the body of every request to the model; `${env:NAME}` in a text is a variable.',
      ),
    ),
  })
  .register(z.globalRegistry, {
    description:
      'Your own facts about one model, which win over the provider’s and the catalogue’s, and its parameters.',
  })

const limits = z.strictObject({
  requestsPerMinute: z.exactOptional(described(tokens, 'Of all windows together.')),
  tokensPerMinute: z.exactOptional(described(tokens, 'Of all windows together, as estimated, then as used.')),
  requestsAtOnce: z.exactOptional(described(tokens, 'Of all windows together.')),
})

const location = z.exactOptional(
  described(
    z.enum(['local', 'cloud']),
    'Where its models run, for a server of your own: `local` keeps what is asked on this machine or your network and costs nothing, `cloud` is a proxy to one. The provider’s own where absent; a server of any other OpenAI-compatible API counts as a cloud.',
  ),
)

const cacheRules = z.strictObject({
  completions: flag,
  embeddings: flag,
  sampled: flag,
  ttlMs: z.exactOptional(described(tokens, 'Milliseconds for which a kept answer is given again.')),
})

const connectionId = shortId.check(
  z.refine((id) => id !== 'auto', 'is Roundhouse’s own name, for its routes'),
)

const httpUrl = z
  .string()
  .check(z.refine(isHttpUrl, 'must be an http:// or https:// address without a user name'))

function isHttpUrl(text: string): boolean {
  if (!URL.canParse(text)) return false
  const url = new URL(text)
  return (url.protocol === 'http:' || url.protocol === 'https:') && url.username === '' && url.password === ''
}

type FieldSchema = z.ZodMiniType

function numberSchema(field: ConnectionField): FieldSchema {
  const checks = []
  if (field.minimum !== undefined) checks.push(z.gte(field.minimum))
  if (field.maximum !== undefined) checks.push(z.lte(field.maximum))
  return checks.length === 0 ? z.number() : z.number().check(...checks)
}

const fieldSchemas: Record<FieldType, (field: ConnectionField) => FieldSchema> = {
  text: () => z.string(),
  url: () => httpUrl,
  number: numberSchema,
  boolean: () => z.boolean(),
  choice: (field) => z.enum([...(field.options ?? [])]),
  files: () => z.array(z.string()),
  list: () => z.array(z.string()),
  record: () => z.record(z.string(), z.string()),
  json: () => z.record(z.string(), z.unknown()),
}

function fieldSchema(field: ConnectionField): FieldSchema {
  const schema = fieldSchemas[field.type](field)
  z.globalRegistry.add(schema, { title: field.label, description: field.description })
  return field.required === true ? schema : z.optional(schema)
}

/** The schema of one connection of one provider. Unknown properties are kept aside, not refused. */
export function connectionSchema(provider: Provider) {
  const own = Object.fromEntries(provider.fields.map((field) => [field.id, fieldSchema(field)]))
  const needsUrl = provider.location === 'cloud' && provider.baseUrl === undefined
  const baseUrl = described(httpUrl, `Where the API answers; ${provider.baseUrl ?? 'no default'}.`)
  return z.object({
    id: described(connectionId, 'Short and unique; model ids begin with it.'),
    name: z.optional(described(z.string().check(z.minLength(1)), 'The name shown.')),
    provider: described(z.literal(provider.id), provider.description),
    enabled: z.optional(described(z.boolean(), 'Off: its models are not offered.')),
    baseUrl: needsUrl ? baseUrl : z.optional(baseUrl),
    location,
    include: z.optional(
      described(z.array(z.string()), 'Only models whose id matches one of these patterns (* is any text).'),
    ),
    exclude: z.optional(described(z.array(z.string()), 'Models whose id matches one of these are left out.')),
    models: z.optional(
      described(
        z.record(z.string(), modelSettings),
        'By model id: your own facts (limits, capabilities, price, name), and its parameters.',
      ),
    ),
    parameters: parameters('Sent with every request; a model’s own and a request’s are stronger.'),
    template: describedTemplate(
      templateName(),
      'A parameter template, weaker than all parameters that are set.',
    ),
    limits: z.exactOptional(described(limits, 'Requests above these wait in their order.')),
    cache: z.exactOptional(
      described(cacheRules, 'What is kept of its answers, in place of roundhouse.cache.*.'),
    ),
    ...own,
  })
}

/** The whole setting, for its JSON schema. */
export function connectionsSchema(providers: ProviderTable) {
  const [first, ...rest] = providers.map(connectionSchema)
  if (first === undefined) throw new Error('The provider table is empty.')
  return z.array(z.union([first, ...rest]))
}
