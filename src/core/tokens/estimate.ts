import type { ContentPart, Message } from '../chat.js'
import { createCharacterTable } from './characters.js'
import { scanTokens } from './scan.js'
import { createTextCache } from './textCache.js'

/** Synchronous estimates of token counts; never a network call, never a vocabulary. */
export interface TokenCounter {
  /** `model`: any text that names the model and stays the same, e.g. `connection/id`. */
  count(model: string, text: string): number
  /** With what the chat format adds around a message. */
  countMessage(model: string, message: Message): number
  /** Learns from a provider's own count: `estimated` is what this counter said for the same input. */
  calibrate(model: string, estimated: number, actual: number): void
}

export interface TokenCounterOptions {
  /** Texts of one cache generation; there are two. */
  readonly cachedTexts?: number
  /** Characters of one cache generation. */
  readonly cachedCharacters?: number
}

/** Against the o200k vocabulary, until the model's own counts are known. */
const expectedRatios: readonly { readonly name: RegExp; readonly ratio: number }[] = [
  { name: /claude/i, ratio: 1.2 },
]

const smoothing = 0.3
const ratioBounds = { least: 0.6, most: 1.8 }
/** Below this, the format's overhead outweighs the text. */
const leastTokensToLearnFrom = 50

const messageOverhead = 4
const toolOverhead = 8
/** Models charge from 258 to 1,600 for one image; its size would have to be decoded to know more. */
const imageTokens = 1_000

function createRatios() {
  const ratios = new Map<string, number>()
  const ratioOf = (model: string): number => {
    const known = ratios.get(model)
    if (known !== undefined) return known
    const expected = expectedRatios.find((row) => row.name.test(model))?.ratio ?? 1
    ratios.set(model, expected)
    return expected
  }
  return {
    ratioOf,
    learn(model: string, estimated: number, actual: number): void {
      if (!(estimated >= leastTokensToLearnFrom && actual > 0 && Number.isFinite(actual))) return
      const ratio = ratioOf(model)
      const next = ratio + smoothing * (ratio * (actual / estimated) - ratio)
      ratios.set(model, Math.min(ratioBounds.most, Math.max(ratioBounds.least, next)))
    },
  }
}

function isText(mimeType: string): boolean {
  return mimeType.startsWith('text/') || /[/+]json$/.test(mimeType)
}

function countPart(part: ContentPart, count: (text: string) => number): number {
  if (part.type === 'text' || part.type === 'reasoning') return count(part.text)
  if (part.type === 'data') {
    return isText(part.mimeType) ? count(new TextDecoder().decode(part.data)) : imageTokens
  }
  if (part.type === 'toolCall') return toolOverhead + count(part.name) + count(JSON.stringify(part.input))
  return part.content.reduce((sum, inner) => sum + countPart(inner, count), toolOverhead)
}

/** With what the chat format adds around a message; texts are counted as the caller counts them. */
export function countMessage(message: Message, count: (text: string) => number): number {
  return message.content.reduce((sum, part) => sum + countPart(part, count), messageOverhead)
}

/** Several look at a message on its way, and to look its text up costs more the longer it is. */
interface CountedMessage {
  readonly ratio: number
  readonly tokens: number
}

export function createTokenCounter(options: TokenCounterOptions = {}): TokenCounter {
  const cache = createTextCache(options.cachedTexts ?? 12_000, options.cachedCharacters ?? 2_500_000)
  const ratios = createRatios()
  let table: ReturnType<typeof createCharacterTable> | undefined

  function measure(text: string): number {
    const known = cache.get(text)
    if (known !== undefined) return known
    table ??= createCharacterTable()
    const tokens = scanTokens(text, table)
    cache.set(text, tokens)
    return tokens
  }

  const count = (model: string, text: string): number => Math.ceil(measure(text) * ratios.ratioOf(model))
  const counted = new WeakMap<Message, CountedMessage>()
  return {
    count,
    countMessage(model, message) {
      const ratio = ratios.ratioOf(model)
      const known = counted.get(message)
      if (known !== undefined && known.ratio === ratio) return known.tokens
      const tokens = countMessage(message, (text) => count(model, text))
      counted.set(message, { ratio, tokens })
      return tokens
    },
    calibrate: (model, estimated, actual) => ratios.learn(model, estimated, actual),
  }
}
