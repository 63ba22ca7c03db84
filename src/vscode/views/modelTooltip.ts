import { withoutCredentials } from '../../core/credentials/origin.js'
import {
  type FactName,
  type FactSource,
  formatModelRef,
  type ModelInfo,
  type PriceTier,
} from '../../core/model.js'
import type { HealthCheck } from '../../core/registry/healthRecords.js'
import type { ConnectionView } from '../../core/registry/registry.js'
import { formatCount, formatUsd } from '../modelInformation.js'
import { describeKey, describeStatus } from './connectionStatus.js'
import { describeCheck, describeTest } from './connectionTest.js'
import {
  contextWindowOf,
  escapeMarkdown,
  formatBytes,
  formatModelCount,
  formatMoment,
  listCapabilities,
  listMissingCapabilities,
} from './format.js'
import { foundBaseUrl } from './providerTraits.js'

/** Who states a fact, or a price. */
export const sourceWords: Readonly<Record<FactSource, string>> = {
  user: 'your settings',
  provider: 'the provider',
  catalog: 'the catalogue',
  snapshot: 'the built-in price list',
}

/** A line of its own within a paragraph. */
const lineBreak = '  \n'

interface FactRow {
  readonly label: string
  readonly value: (model: ModelInfo) => string | undefined
  readonly facts: readonly FactName[]
}

function tokens(count: number | undefined): string | undefined {
  return count === undefined ? undefined : `${formatCount(count)} tokens`
}

function price(perMillion: number | undefined): string | undefined {
  return perMillion === undefined ? undefined : `${formatUsd(perMillion)} per million tokens`
}

function tier({ aboveInputTokens, input, output }: PriceTier): string {
  const sides = [
    ...(input === undefined ? [] : [`${formatUsd(input)} in`]),
    ...(output === undefined ? [] : [`${formatUsd(output)} out`]),
  ]
  return `${sides.join(', ')} above ${formatCount(aboveInputTokens)} input tokens`
}

function list(names: readonly string[] | undefined): string | undefined {
  return names?.join(', ')
}

function abilities(model: ModelInfo): string | undefined {
  const present = listCapabilities(model.capabilities)
  const missing = listMissingCapabilities(model.capabilities).map((word) => `no ${word}`)
  const all = [...present, ...missing]
  return all.length === 0 ? undefined : all.join(', ')
}

const abilityFacts: readonly FactName[] = [
  'toolCalling',
  'imageInput',
  'reasoning',
  'structuredOutput',
  'embedding',
  'reranking',
]

function lifecycle(model: ModelInfo): string | undefined {
  if (model.lifecycle === undefined || model.lifecycle.status === 'active') return undefined
  const { status, retiresAt } = model.lifecycle
  return retiresAt === undefined ? status : `${status}, retires ${retiresAt}`
}

/** Facts that are always shown: an unknown one is said to be unknown. */
const mainFacts: readonly FactRow[] = [
  {
    label: 'Context',
    value: (model) => tokens(contextWindowOf(model)),
    facts: ['contextWindow', 'maxInputTokens'],
  },
  { label: 'Output', value: (model) => tokens(model.maxOutputTokens), facts: ['maxOutputTokens'] },
  { label: 'Abilities', value: abilities, facts: abilityFacts },
]

const priceFacts: readonly FactRow[] = [
  { label: 'Input price', value: (model) => price(model.pricing.input), facts: ['pricing.input'] },
  { label: 'Output price', value: (model) => price(model.pricing.output), facts: ['pricing.output'] },
  {
    label: 'Cache read price',
    value: (model) => price(model.pricing.cacheRead),
    facts: ['pricing.cacheRead'],
  },
  {
    label: 'Cache write price',
    value: (model) => price(model.pricing.cacheWrite),
    facts: ['pricing.cacheWrite'],
  },
  {
    label: 'Long inputs',
    value: (model) => model.pricing.tiers?.map(tier).join('; '),
    facts: ['pricing.tiers'],
  },
]

/** Facts shown where they are known. */
const moreFacts: readonly FactRow[] = [
  { label: 'Takes', value: (model) => list(model.inputModalities), facts: ['inputModalities'] },
  { label: 'Makes', value: (model) => list(model.outputModalities), facts: ['outputModalities'] },
  { label: 'Reasoning efforts', value: (model) => list(model.reasoningEfforts), facts: ['reasoningEfforts'] },
  { label: 'Released', value: (model) => model.releasedAt, facts: ['releasedAt'] },
  {
    label: 'Size on disk',
    value: (model) => (model.sizeBytes === undefined ? undefined : formatBytes(model.sizeBytes)),
    facts: ['sizeBytes'],
  },
  { label: 'Parameters', value: (model) => model.parameterSize, facts: ['parameterSize'] },
  { label: 'Prompt template', value: (model) => model.promptTemplate, facts: ['promptTemplate'] },
  { label: 'Quantization', value: (model) => model.quantization, facts: ['quantization'] },
  { label: 'Lifecycle', value: lifecycle, facts: ['lifecycle'] },
]

function sourcesOf(model: ModelInfo, facts: readonly FactName[]): string {
  const sources = new Set(facts.flatMap((fact) => model.sources[fact] ?? []))
  return [...sources].map((source) => sourceWords[source]).join(', ')
}

function factLine(model: ModelInfo, row: FactRow): string | undefined {
  const value = row.value(model)
  if (value === undefined) return undefined
  const sources = sourcesOf(model, row.facts)
  return `${row.label}: **${escapeMarkdown(value)}**${sources === '' ? '' : ` (${sources})`}`
}

function priceLines(model: ModelInfo): readonly string[] {
  const lines = priceFacts.flatMap((row) => factLine(model, row) ?? [])
  if (lines.length > 0) return lines
  return [model.location === 'local' ? 'Price: **none**, it runs locally' : 'Price: **unknown**']
}

/** The provider in parentheses, where the connection's name does not say it already. */
function ofProvider({ connection, provider }: ConnectionView): string {
  return connection.name === provider.name ? '' : ` (${escapeMarkdown(provider.name)})`
}

/** Markdown; nothing in it is a link or runs a command. `now`: milliseconds since the epoch. */
export function modelTooltip(model: ModelInfo, view: ConnectionView, now: number): string {
  const main = mainFacts.map((row) => factLine(model, row) ?? `${row.label}: **unknown**`)
  const more = moreFacts.flatMap((row) => factLine(model, row) ?? [])
  const listed = view.listedAt === undefined ? '' : `, listed ${formatMoment(view.listedAt, now)}`
  return [
    `**${escapeMarkdown(model.name)}** through ${escapeMarkdown(view.connection.name)}${ofProvider(view)}`,
    escapeMarkdown(formatModelRef(model)),
    ...(model.loadFailure === undefined
      ? []
      : [escapeMarkdown(`Failed to load: ${model.loadFailure}. See the server’s log.`)]),
    [...main, ...priceLines(model), ...more].join(lineBreak),
    escapeMarkdown(`${describeStatus(view, now).words}${listed}`),
  ].join('\n\n')
}

/** With the default that a server was found at instead of the connection's address. */
function addressLine({ connection, provider }: ConnectionView): readonly string[] {
  const found = foundBaseUrl(connection, provider)
  if (found === undefined) return []
  const instead = found === connection.baseUrl ? '' : `, found there instead of ${connection.baseUrl ?? ''}`
  return [`Address: ${escapeMarkdown(`${withoutCredentials(found)}${instead}`)}`]
}

export function connectionTooltip(view: ConnectionView, now: number, check?: HealthCheck): string {
  const status = describeStatus(view, now)
  const key = describeKey(view)
  const { dataRetention } = view.provider
  const lines = [
    `**${escapeMarkdown(view.connection.name)}**${ofProvider(view)}`,
    escapeMarkdown(status.sentence),
    ...addressLine(view),
    ...(key === undefined ? [] : [escapeMarkdown(key)]),
    view.listedAt === undefined
      ? 'Its models were never listed.'
      : escapeMarkdown(
          `${formatModelCount(view.models.length, view.leftOut)}, listed ${formatMoment(view.listedAt, now)}`,
        ),
    ...(view.test === undefined ? [] : [escapeMarkdown(describeTest(view.test, now))]),
    ...(check === undefined ? [] : [escapeMarkdown(describeCheck(check, now))]),
    ...(dataRetention === undefined
      ? []
      : [`What it keeps: ${escapeMarkdown(`${dataRetention.note} ${dataRetention.url}`)}`]),
    `Id in settings: ${escapeMarkdown(view.connection.id)}`,
  ]
  return lines.join('\n\n')
}
