import type { CacheHit } from '../cache/cache.js'
import { formatModelRef, type ModelInfo, type ModelRef } from '../model.js'
import type { GroupedLedger } from './groupedLedger.js'
import { classifyTokens } from './price.js'
import { noUsage } from './sumUsage.js'

export interface RecordHitOptions {
  readonly ledger: Pick<GroupedLedger, 'append'>
  readonly findModel: (model: ModelRef) => ModelInfo | undefined
  readonly createId: () => string
}

/** An answer out of the cache is in the ledger too, and costs nothing. */
export function recordHit({ ledger, findModel, createId }: RecordHitOptions) {
  return ({ request, model, usage, at, latencyMs, firstPartMs, savedUsd, savedMs }: CacheHit): void => {
    const isRoute = request.model.connection !== model.connection || request.model.id !== model.id
    ledger.append({
      at,
      requestId: createId(),
      number: 0,
      caller: request.caller,
      ...(request.operation === undefined ? {} : { operation: request.operation }),
      ...(isRoute ? { route: formatModelRef(request.model) } : {}),
      provider: findModel(model)?.provider ?? '',
      model,
      tokens: classifyTokens(usage ?? noUsage),
      accuracy: usage?.accuracy ?? 'estimated',
      cost: { usd: 0, source: 'user' },
      latencyMs,
      ...(firstPartMs === undefined ? {} : { firstPartMs }),
      outcome: { kind: 'success' },
      isCacheHit: true,
      saved: { ms: savedMs, ...(savedUsd === undefined ? {} : { usd: savedUsd }) },
    })
  }
}
