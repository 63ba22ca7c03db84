import type { ProvideLanguageModelChatResponseOptions } from 'vscode'
import type { ChatParameters } from '../core/chat.js'

/** The options that a caller may set. Others, VS Code's own private ones among them, are never sent to a provider. */

type Options = ProvideLanguageModelChatResponseOptions

function numberOption(options: Options, ...names: readonly string[]): number | undefined {
  for (const name of names) {
    const value: unknown = options.modelOptions?.[name]
    if (typeof value === 'number' && Number.isFinite(value)) return value
  }
  return undefined
}

function stopOption(options: Options): readonly string[] | undefined {
  const value: unknown = options.modelOptions?.['stop']
  if (typeof value === 'string') return [value]
  if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value
  return undefined
}

const numericParameters = {
  temperature: ['temperature'],
  topP: ['topP', 'top_p'],
  topK: ['topK', 'top_k'],
  maxOutputTokens: ['maxOutputTokens', 'max_tokens', 'max_output_tokens'],
  seed: ['seed'],
} as const

export function toParameters(options: Options): ChatParameters {
  const parameters: Record<string, number> = {}
  for (const [name, spellings] of Object.entries(numericParameters)) {
    const value = numberOption(options, ...spellings)
    if (value !== undefined) parameters[name] = value
  }
  const stop = stopOption(options)
  return stop === undefined ? parameters : { ...parameters, stop }
}

/** The extension that asks; the host passes it, though the stable typings do not name it. */
export function initiatorOf(options: Options): string | undefined {
  const initiator: unknown = Reflect.get(options, 'requestInitiator')
  return typeof initiator === 'string' ? initiator : undefined
}

export function conversationOf(options: Options): string | undefined {
  const conversation: unknown = options.modelOptions?.['_conversationId']
  return typeof conversation === 'string' ? conversation : undefined
}
