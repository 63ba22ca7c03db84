import type { Message } from '../chat.js'
import { parseModelRef } from '../model.js'
import type { Clock, Disposable, EmbeddedEngine } from '../ports.js'
import type { Connection } from '../provider.js'
import type { Registry } from '../registry/registry.js'
import { type CountText, createBatchedCounts } from './batchedCounts.js'
import { countMessage, type TokenCounter } from './estimate.js'

/** By the tokenizers of models that are in this machine's memory, and by the estimate while they are not. */
export interface LoadedTokenizers extends Disposable {
  /** Undefined for a model whose tokenizer is elsewhere. `model`: `connection/id`. */
  find(model: string): LoadedTokenizer | undefined
}

interface LoadedTokenizer {
  readonly count: CountText
  countMessage(message: Message): Promise<number>
}

export interface LoadedTokenizersOptions {
  readonly registry: Pick<Registry, 'view' | 'onDidChange'>
  readonly engine: EmbeddedEngine
  readonly tokens: TokenCounter
  readonly clock: Clock
}

interface Found {
  readonly connection: Connection | undefined
  readonly tokenizer: LoadedTokenizer | undefined
}

/** Asked for every text that is counted: what was found stays until its connection is another. */
export function createLoadedTokenizers(options: LoadedTokenizersOptions): LoadedTokenizers {
  const { registry } = options
  const found = new Map<string, Found>()
  const subscription = registry.onDidChange(() => {
    for (const [model, { connection }] of found)
      if (connectionOf(registry, model) !== connection) found.delete(model)
  })
  return {
    find(model) {
      let entry = found.get(model)
      if (entry === undefined) {
        entry = { connection: connectionOf(registry, model), tokenizer: createTokenizer(options, model) }
        found.set(model, entry)
      }
      return entry.tokenizer
    },
    dispose: () => subscription.dispose(),
  }
}

function connectionOf(registry: Pick<Registry, 'view'>, model: string): Connection | undefined {
  const ref = parseModelRef(model)
  return ref === undefined ? undefined : registry.view(ref.connection)?.connection
}

function createTokenizer(
  { registry, engine, tokens, clock }: LoadedTokenizersOptions,
  model: string,
): LoadedTokenizer | undefined {
  const ref = parseModelRef(model)
  const view = ref === undefined ? undefined : registry.view(ref.connection)
  if (ref === undefined || view?.provider.countLoaded === undefined) return undefined
  const { connection, provider } = view
  const count = createBatchedCounts({
    ask: async (texts) => await provider.countLoaded?.({ modelId: ref.id, texts }, { connection, engine }),
    estimate: (text) => tokens.count(model, text),
    clock,
  })
  return {
    count,
    async countMessage(message) {
      const texts: string[] = []
      const around = countMessage(message, (text) => {
        texts.push(text)
        return 0
      })
      const counts = await Promise.all(texts.map(async (text) => await count(text)))
      return counts.reduce((sum, counted) => sum + counted, around)
    },
  }
}
