import type { ChatParameters } from '../chat.js'
import { compact } from '../compact.js'
import type { ModelInfo, ModelRef } from '../model.js'
import type { Connection } from '../provider.js'
import type { ConnectionView, Registry } from '../registry/registry.js'
import type { CacheConfiguration } from './cache.js'
import { fingerprint, type Sha256 } from './key.js'

export interface ConfigurationOptions {
  readonly registry: Pick<Registry, 'find'> & {
    view(connectionId: string): Pick<ConnectionView, 'connection'> | undefined
  }
  readonly sha256: Sha256
  /** What the user has set for a model. */
  readonly defaults?: (connection: Connection, modelId: string) => ChatParameters
  /** Everything that decides where a route goes; undefined where the name is no route's. */
  readonly route?: (model: ModelRef) => unknown
}

/** What a fingerprint was made of: whatever replaces one of these is another object, but for the parameters. */
interface Known {
  readonly model: ModelInfo | undefined
  readonly parameters: string
  readonly configuration: CacheConfiguration
}

function describe(connection: Connection, id: string, model: ModelInfo | undefined) {
  const { provider, baseUrl, fields, models } = connection
  const { version, sizeBytes, quantization } = model ?? {}
  const settings = Object.hasOwn(models, id) ? models[id] : undefined
  return { provider, fields, ...compact({ baseUrl, settings, version, sizeBytes, quantization }) }
}

/** Reads what changes a model's answers besides a request: its server, its settings, and which version it is. */
export function createConfiguration({ registry, sha256, defaults, route }: ConfigurationOptions) {
  const known = new WeakMap<Connection, Map<string, Known>>()

  function configure(connection: Connection, ref: ModelRef): CacheConfiguration {
    const model = registry.find(ref)
    const parameters = defaults?.(connection, ref.id) ?? {}
    const written = JSON.stringify(parameters)
    const ofConnection = known.get(connection) ?? new Map<string, Known>()
    known.set(connection, ofConnection)
    const found = ofConnection.get(ref.id)
    if (found !== undefined && found.model === model && found.parameters === written)
      return found.configuration
    const facts = { ...describe(connection, ref.id, model), parameters }
    const configuration = { parameters, fingerprint: fingerprint(facts, sha256) }
    ofConnection.set(ref.id, { model, parameters: written, configuration })
    return configuration
  }

  return (ref: ModelRef): CacheConfiguration | undefined => {
    const rules = route?.(ref)
    if (rules !== undefined) return { fingerprint: fingerprint({ route: rules }, sha256) }
    const connection = registry.view(ref.connection)?.connection
    return connection === undefined ? undefined : configure(connection, ref)
  }
}
