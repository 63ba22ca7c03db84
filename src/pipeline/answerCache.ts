import { randomUUID } from 'node:crypto'
import type { Cache } from '../core/cache/cache.js'
import { createConfiguration } from '../core/cache/configuration.js'
import { createCache } from '../core/cache/createCache.js'
import { formatModelRef } from '../core/model.js'
import { costOf } from '../core/usage/price.js'
import { recordHit } from '../core/usage/recordHit.js'
import { openCacheStore } from '../platform/cache/openCacheStore.js'
import { sha256 } from '../platform/cache/sha256.js'
import type { Accounting } from './accounting.js'
import type { PipelineOptions } from './pipeline.js'

export function createAnswerCache(options: PipelineOptions, accounting: Accounting): Cache {
  const { folder, policies, registry, defaults, ports } = options
  const { clock, log, notices } = ports
  return createCache({
    openStore: () => openCacheStore({ folder, settings: policies.cache, clock, log, notices }),
    policy: policies.cache,
    sha256,
    configuration: createConfiguration({
      registry,
      sha256,
      defaults,
      route: (ref) => policies.routes().get(formatModelRef(ref)),
    }),
    price: (ref, usage) => costOf(usage, accounting.findModel(ref))?.usd,
    onHit: recordHit({ ...accounting, createId: randomUUID }),
    onMiss: () => accounting.savings.countMiss(),
    clock,
    log,
  })
}
