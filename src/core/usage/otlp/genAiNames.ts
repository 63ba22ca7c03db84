import type { ModelRef } from '../../model.js'
import type { AttemptRecord } from '../attemptRecord.js'

/**
 * The one place that knows OpenTelemetry's names for generative AI. They are literals: the conventions moved to a
 * repository of their own in May 2026 and are not stable yet.
 */
export type Attributes = Readonly<Record<string, string | number | boolean>>

interface Instrument {
  readonly name: string
  readonly unit: string
  readonly description: string
}

interface HistogramInstrument extends Instrument {
  /** Upper bounds that the conventions ask for. */
  readonly bounds: readonly number[]
}

export const tokenUsage: HistogramInstrument = {
  name: 'gen_ai.client.token.usage',
  unit: '{token}',
  description: 'Number of input and output tokens used.',
  bounds: Array.from({ length: 14 }, (_, power) => 4 ** power),
}

export const operationDuration: HistogramInstrument = {
  name: 'gen_ai.client.operation.duration',
  unit: 's',
  description: 'GenAI operation duration.',
  bounds: Array.from({ length: 14 }, (_, power) => 2 ** power / 100),
}

export const timeToFirstChunk: HistogramInstrument = {
  name: 'gen_ai.client.operation.time_to_first_chunk',
  unit: 's',
  description: 'Time to receive the first chunk of the answer.',
  bounds: [0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10],
}

/** Nobody has a name for these yet. */
export const cost: Instrument = {
  name: 'roundhouse.client.cost',
  unit: 'USD',
  description: 'Money for attempts of a known price.',
}

export const cacheHits: Instrument = {
  name: 'roundhouse.client.cache.hits',
  unit: '{request}',
  description: 'Requests that the response cache answered.',
}

export const selectionDuration: HistogramInstrument = {
  name: 'roundhouse.client.selection.duration',
  unit: 's',
  description: 'Time that a route took to choose its first model.',
  bounds: [0.0001, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1],
}

export const estimateErrors: HistogramInstrument = {
  name: 'roundhouse.client.estimate.error',
  unit: '1',
  description: 'How far the estimate of tokens was from the exact count, as a share of it.',
  bounds: [0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5, 1, 2],
}

export const fallbacks: Instrument = {
  name: 'roundhouse.client.fallbacks',
  unit: '{attempt}',
  description: 'Attempts after which another model was asked.',
}

export const fallbackSuccesses: Instrument = {
  name: 'roundhouse.client.fallback.successes',
  unit: '{attempt}',
  description: 'Attempts after which another model was asked and the request was answered in the end.',
}

export const budgetUse: Instrument = {
  name: 'roundhouse.client.budget.use',
  unit: '1',
  description: 'Share of a budget that is used, of the scope that has used the most of it.',
}

/** Where the conventions have another name for a provider than its id here. */
const providerNames: Readonly<Record<string, string>> = {
  'azure-openai': 'azure.ai.openai',
  google: 'gcp.gemini',
  mistral: 'mistral_ai',
  xai: 'x_ai',
}

/** Few values each: a metric is kept for every combination of them. */
export function metricAttributes({
  operation = 'chat',
  provider,
  model,
  outcome,
}: AttemptRecord): Attributes {
  return {
    'gen_ai.operation.name': operation,
    'gen_ai.provider.name':
      (Object.hasOwn(providerNames, provider) ? providerNames[provider] : undefined) ?? provider,
    'gen_ai.request.model': model.id,
    'roundhouse.connection': model.connection,
    ...(outcome.kind === 'success' ? {} : { 'error.type': outcome.code }),
  }
}

/** Of a model that a request has turned from. */
export function modelAttributes({ connection, id }: ModelRef): Attributes {
  return { 'gen_ai.request.model': id, 'roundhouse.connection': connection }
}

export function tokenAttributes(record: AttemptRecord, type: 'input' | 'output'): Attributes {
  return { ...metricAttributes(record), 'gen_ai.token.type': type }
}

export function inputTokens({ tokens }: AttemptRecord): number {
  return tokens.uncachedInput + tokens.cacheRead + tokens.cacheWriteShort + tokens.cacheWriteLong
}

export function outputTokens({ tokens }: AttemptRecord): number {
  return tokens.visibleOutput + tokens.reasoningOutput
}

export function spanName({ operation = 'chat', model }: AttemptRecord): string {
  return `${operation} ${model.id}`
}

/** Neither texts nor keys, nor what names a person's work: no workspace, branch, terminal or conversation. */
export function spanAttributes(record: AttemptRecord): Attributes {
  const { tokens, caller, firstPartMs } = record
  return {
    ...metricAttributes(record),
    'gen_ai.usage.input_tokens': inputTokens(record),
    'gen_ai.usage.output_tokens': outputTokens(record),
    'gen_ai.usage.cache_read.input_tokens': tokens.cacheRead,
    'gen_ai.usage.cache_creation.input_tokens': tokens.cacheWriteShort + tokens.cacheWriteLong,
    'gen_ai.usage.reasoning.output_tokens': tokens.reasoningOutput,
    ...(firstPartMs === undefined ? {} : { 'gen_ai.response.time_to_first_chunk': firstPartMs / 1_000 }),
    'roundhouse.usage.accuracy': record.accuracy,
    'roundhouse.attempt.number': record.number,
    'roundhouse.door': caller.door,
    ...(caller.extension === undefined ? {} : { 'roundhouse.extension': caller.extension }),
    ...(record.route === undefined ? {} : { 'roundhouse.route': record.route }),
    ...(record.cost === undefined
      ? {}
      : { 'roundhouse.cost.usd': record.cost.usd, 'roundhouse.cost.source': record.cost.source }),
  }
}
