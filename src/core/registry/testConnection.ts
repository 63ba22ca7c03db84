import { ModelError } from '../errors.js'
import type { Connection, Provider, ProviderPorts } from '../provider.js'
import { listModels } from './listModels.js'

export interface ConnectionTest {
  readonly connection: Connection
  readonly provider: Provider
  /** The key to try, which need not be the stored one: a new key is tested before it takes an old one's place. */
  readonly key: string | undefined
  readonly ports: ProviderPorts
  readonly signal: AbortSignal
  /** Milliseconds; 15 s where absent. */
  readonly timeLimitMs?: number
}

export interface ConnectionTestResult {
  /** Milliseconds until the model list was there. */
  readonly latencyMs: number
  readonly modelCount: number
}

/** Lists the connection's models with the given key. Throws ModelError. */
export async function testConnection(test: ConnectionTest): Promise<ConnectionTestResult> {
  const { connection, provider, key, ports, signal, timeLimitMs } = test
  if (key === undefined && provider.key?.required === true) {
    throw new ModelError({
      code: 'unauthorized',
      message: `${provider.name} needs a key. Enter one, then test again.`,
      provider: provider.id,
    })
  }
  const begun = ports.clock.monotonic()
  const models = await listModels({
    connection,
    provider,
    key,
    ports,
    signal,
    ...(timeLimitMs === undefined ? {} : { timeLimitMs }),
  })
  return { latencyMs: ports.clock.monotonic() - begun, modelCount: models.length }
}
