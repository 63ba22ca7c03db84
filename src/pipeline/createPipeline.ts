import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { compose } from '../core/chat.js'
import type { Database } from '../core/ports.js'
import { createRouter } from '../core/routing/router.js'
import { migrations } from '../core/storage/migrations.js'
import { createReport } from '../core/usage/report.js'
import { purgeUsage } from '../core/usage/retention.js'
import { openDatabase } from '../platform/sqlite/open.js'
import { createAccounting } from './accounting.js'
import { createAnswerCache } from './answerCache.js'
import { createForecast } from './forecast.js'
import { createMeteredAttempt } from './meteredAttempt.js'
import type { Pipeline, PipelineOptions } from './pipeline.js'
import { createRetrieval } from './retrieval.js'
import { createRouting, type Routing } from './routing.js'
import { createUpkeep } from './upkeep.js'

function describeRouter(options: PipelineOptions, routing: Routing) {
  const { registry, policies, refreshKey, onWait, ports } = options
  const { routes, sameModelElsewhere } = policies
  const { clock } = ports
  return {
    ...routing,
    registry,
    routes,
    sameModelElsewhere,
    refreshKey,
    onWait,
    clock,
    random: Math.random,
    createId: randomUUID,
  }
}

/** Opens the database and builds the way of a request. Throws ModelError where the database cannot be opened. */
export async function createPipeline(options: PipelineOptions): Promise<Pipeline> {
  const { folder, ports } = options
  const { clock, log, notices } = ports
  const path = join(folder, 'roundhouse.db')
  const database = await openDatabase({ path, migrations, damaged: 'keep', clock, log, notices })
  try {
    return buildPipeline(options, database)
  } catch (error) {
    // Each later try opens it anew.
    database.dispose()
    throw error
  }
}

function buildPipeline(options: PipelineOptions, database: Database): Pipeline {
  const { clock } = options.ports
  const accounting = createAccounting(options, database)
  const routing = createRouting(options, database, accounting)
  const { feed, exporter, limiter: _, findModel: __, recent: ___, spool: ____, ...known } = accounting
  const cache = createAnswerCache(options, accounting)
  const metered = createMeteredAttempt(options, database, accounting)
  const router = describeRouter(options, routing)
  const { started, owned, ...upkeep } = createUpkeep(options, database, accounting)
  // Nobody's first request waits for the history: it only makes later choices better.
  void feed.start()
  for (const one of started) one.start()
  const end = () => {
    for (const one of owned) one.dispose()
    feed.dispose()
    exporter.dispose()
    routing.slots.dispose()
    cache.dispose()
    known.savings.dispose()
    known.alerts.dispose()
    known.ledger.dispose()
    known.budgets.dispose()
  }
  return {
    ...known,
    chat: compose(
      [routing.overhead.watch, cache.middleware],
      createRouter({ ...router, attempt: metered.chat }),
    ),
    ...createRetrieval(options, { cache, router, metered }),
    cache,
    ...upkeep,
    decisions: routing.decisions,
    report(request) {
      known.ledger.flush()
      return createReport(database, request)
    },
    attempts: (period) => known.ledger.read(period),
    purge(before, signal) {
      known.ledger.flush()
      return purgeUsage({ database, clock, before, signal })
    },
    ...createForecast(options, accounting, routing),
    async close() {
      known.ledger.flush()
      const told = exporter.close()
      end()
      await told
      database.dispose()
    },
    dispose() {
      end()
      database.dispose()
    },
  }
}
