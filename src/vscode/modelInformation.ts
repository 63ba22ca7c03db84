import type { LanguageModelChatInformation } from 'vscode'
import { type ReasoningEffort, reasoningEfforts } from '../core/chat.js'
import { canChat, formatModelRef, type ModelInfo, type Pricing } from '../core/model.js'
import type { ConnectionView } from '../core/registry/registry.js'
import { isRoute } from '../core/routing/routeProvider.js'
import { inertText, plainLine } from './views/foreignText.js'

/** Fields that the host reads but the stable typings do not name. */
export interface ModelInformation extends LanguageModelChatInformation {
  readonly isUserSelectable: boolean
  readonly pricing?: string
  /** What the user may choose beside the model in its picker; comes back as `modelConfiguration`. */
  readonly configurationSchema?: ConfigurationSchema
}

interface ConfigurationSchema {
  readonly properties: Readonly<Record<string, object>>
}

/** Leaves the effort to the settings, or else to the model. */
const usualEffort = 'default'

/** What the picker shows; VS Code writes "Default" beside the first by itself. */
const effortWords: Readonly<Record<ReasoningEffort | typeof usualEffort, readonly [string, string]>> = {
  default: ['Usual', 'As your settings say, or else as the model is made.'],
  none: ['None', 'Answers without thinking first.'],
  minimal: ['Minimal', 'Thinks as little as it can.'],
  low: ['Low', 'Quick and cheap.'],
  medium: ['Medium', 'Between quick and thorough.'],
  high: ['High', 'Thorough: slower, and more tokens.'],
  max: ['Max', 'As much as it can: the slowest and dearest.'],
}

/** Of models whose levels are known; the wire's `xhigh` is our highest where it is the model's. */
function effortSchema({ reasoningEfforts: known = [] }: ModelInfo): ConfigurationSchema | undefined {
  const offered = reasoningEfforts.filter((effort) =>
    known.includes(effort === 'max' && !known.includes('max') ? 'xhigh' : effort),
  )
  if (offered.length < 2) return undefined
  const names = [usualEffort, ...offered] as const
  const reasoningEffort = {
    type: 'string',
    title: 'Reasoning Effort',
    description: 'How much the model thinks first.',
    enum: names,
    enumItemLabels: names.map((name) => effortWords[name][0]),
    enumDescriptions: names.map((name) => effortWords[name][1]),
    default: usualEffort,
    group: 'navigation',
  }
  return { properties: { reasoningEffort } }
}

/** Assumed, and said so in the tooltip, where nobody states the limit. Tokens. */
const assumedContextWindow = 32_768
const assumedMaxOutputTokens = 4_096

interface TokenLimits {
  readonly maxInputTokens: number
  readonly maxOutputTokens: number
  /** True where a figure is assumed, not stated. */
  readonly assumed: boolean
}

/** VS Code adds the two for its context size, so the input is what the output leaves of the window. */
function tokenLimits(model: ModelInfo): TokenLimits {
  const window = model.contextWindow ?? assumedContextWindow
  const statedOutput = model.maxOutputTokens ?? Math.min(assumedMaxOutputTokens, Math.floor(window / 4))
  const maxOutputTokens =
    model.maxInputTokens === undefined ? Math.min(statedOutput, Math.floor(window / 2)) : statedOutput
  return {
    maxInputTokens: model.maxInputTokens ?? window - maxOutputTokens,
    maxOutputTokens,
    assumed: model.contextWindow === undefined && model.maxInputTokens === undefined,
  }
}

/** With commas between thousands; a tenth of the time of `toLocaleString`, which is felt with a thousand models. */
export function formatCount(count: number): string {
  let left = String(count)
  let grouped = ''
  for (; left.length > 3; left = left.slice(0, -3)) grouped = `,${left.slice(-3)}${grouped}`
  return left + grouped
}

/** To the cent, or to a tenth of one below a dollar. Not by `toFixed`, which is felt with a thousand models. */
export function formatUsd(perMillion: number): string {
  const parts = perMillion >= 1 ? 100 : 1000
  const written = String(Math.round(perMillion * parts) / parts)
  const point = written.indexOf('.')
  return point >= 0 && point === written.length - 2 ? `$${written}0` : `$${written}`
}

function formatSide(perMillion: number | undefined): string {
  return perMillion === undefined ? 'unknown' : formatUsd(perMillion)
}

export function formatPricing({ input, output }: Pricing): string | undefined {
  if (input === undefined && output === undefined) return undefined
  return `${formatSide(input)} in, ${formatSide(output)} out per 1M tokens`
}

function tooltip(
  model: ModelInfo,
  view: ConnectionView,
  { limits, price }: { readonly limits: TokenLimits; readonly price: string | undefined },
): string {
  if (isRoute(model))
    return `${inertText(`${model.name}: ${model.description ?? ''}`)}\nPrice: that of the model it chooses`
  const location = model.location === 'local' ? 'runs on this machine or your network' : 'cloud'
  const isNamedAfterIt = view.connection.name === view.provider.name
  const lines = [
    inertText(
      `${model.name} through ${view.connection.name} (${isNamedAfterIt ? '' : `${view.provider.name}, `}${location})`,
    ),
    limits.assumed
      ? 'Context unknown; 32,768 tokens assumed. State it in the connection’s “models”.'
      : `Context ${formatCount(limits.maxInputTokens + limits.maxOutputTokens)} tokens, output up to ${formatCount(limits.maxOutputTokens)}`,
    `Price: ${price ?? (model.location === 'local' ? 'none stated (local)' : 'unknown')}`,
  ]
  if (model.lifecycle?.status === 'deprecated') {
    const { retiresAt } = model.lifecycle
    lines.push(inertText(`Deprecated${retiresAt === undefined ? '' : `, retires ${retiresAt}`}`))
  }
  // As Markdown, where a single line break is a space.
  return lines.join('\n\n')
}

/**
 * One model as VS Code lists it. An unknown ability to call tools is offered: agent mode hides a model without it,
 * and a server that refuses tools says so in its error.
 */
export function describeForHost(model: ModelInfo, view: ConnectionView): ModelInformation {
  const limits = tokenLimits(model)
  const pricing = formatPricing(model.pricing)
  const configurationSchema = effortSchema(model)
  return {
    id: formatModelRef(model),
    name: plainLine(model.name),
    family: model.family,
    version: model.version,
    detail: plainLine(view.connection.name),
    tooltip: tooltip(model, view, { limits, price: pricing }),
    maxInputTokens: limits.maxInputTokens,
    maxOutputTokens: limits.maxOutputTokens,
    capabilities: {
      imageInput: model.capabilities.imageInput ?? false,
      toolCalling: model.capabilities.toolCalling ?? true,
    },
    isUserSelectable: true,
    ...(pricing === undefined ? {} : { pricing }),
    ...(configurationSchema === undefined ? {} : { configurationSchema }),
  }
}

export function offersChat(model: ModelInfo): boolean {
  return canChat(model) && model.lifecycle?.status !== 'retired'
}
