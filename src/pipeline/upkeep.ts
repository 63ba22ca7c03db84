import { randomUUID } from 'node:crypto'
import type { Database } from '../core/ports.js'
import { createHealthChecks } from '../core/registry/healthChecks.js'
import { createAudit } from '../core/usage/audit.js'
import { createSeenSettings } from '../core/usage/auditSeen.js'
import { createAuditTrail } from '../core/usage/auditTrail.js'
import { createRetentionTimer } from '../core/usage/retentionTimer.js'
import { createSpoolIntake } from '../core/usage/spoolIntake.js'
import { sha256 } from '../platform/cache/sha256.js'
import type { Accounting } from './accounting.js'
import type { PipelineOptions } from './pipeline.js'

/** What the trail of keys is made from. */
function watchedKeys({ credentials, registry, tests, ports }: PipelineOptions, { ledger }: Accounting) {
  return {
    credentials,
    connections: () => registry.views().map(({ connection }) => connection),
    onDidRefuseKey: tests.onDidRefuseKey,
    onDidAttempt: ledger.onDidAppend,
    log: ports.log,
  }
}

/** What is done now and then, whether anybody asks a model or not. */
export function createUpkeep(options: PipelineOptions, database: Database, accounting: Accounting) {
  const { registry, credentials, ports, policies, audited, redact, inUse, healthRecords: records } = options
  const { clock, log } = ports
  const { metrics } = accounting
  const healthChecks = createHealthChecks({
    registry,
    credentials,
    ports,
    records,
    inUse,
    lastSuccessAt: (id) => metrics.connection(id)?.lastSuccessAt,
    intervalMs: () => (policies.isLocalOnly() ? 0 : policies.healthCheckMs()),
  })
  const { retentionDays, textDays } = policies
  const retention = createRetentionTimer({ database, retentionDays, textDays, inUse, clock, log })
  const audit = createAudit({ database, clock, log, redact })
  const seen = createSeenSettings({ database, audit, sha256, createId: randomUUID })
  const trail = createAuditTrail({ audit, seen, settings: audited, ...watchedKeys(options, accounting) })
  const intake = createSpoolIntake({ ...accounting, database, clock, log })
  const started = [healthChecks, retention, intake]
  return { audit, started, owned: [...started, trail] }
}
