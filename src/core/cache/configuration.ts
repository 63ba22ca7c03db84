import type { ChatParameters } from '../chat.js'
import { compact } from '../compact.js'
import type { ModelRef } from '../model.js'
import type { Connection } from '../provider.js'
import type { ConnectionView, Registry } from '../registry/registry.js'
import type { CacheConfiguration } from './cache.js'

export interface ConfigurationOptions {
  readonly registry: Pick<Registry, 'find'> & {
    view(connectionId: string): Pick<ConnectionView, 'connection'> | undefined
  }
  /** What the user has set for a model. */
  readonly defaults?: (connection: Connection, modelId: string) => ChatParameters
  /** Everything that decides where a route goes; undefined where the name is no route's. */
  readonly route?: (model: ModelRef) => unknown
}

/** Reads what changes a model's answers besides a request: its server, its settings, and which version it is. */
export function createConfiguration(options: ConfigurationOptions) {
  const { registry, defaults, route } = options
  return (model: ModelRef): CacheConfiguration | undefined => {
    const rules = route?.(model)
    if (rules !== undefined) return { fingerprint: { route: rules } }
    const connection = registry.view(model.connection)?.connection
    if (connection === undefined) return undefined
    const { provider, baseUrl, fields, models } = connection
    const parameters = defaults?.(connection, model.id) ?? {}
    const { version, sizeBytes, quantization } = registry.find(model) ?? {}
    const settings = Object.hasOwn(models, model.id) ? models[model.id] : undefined
    const facts = { baseUrl, settings, version, sizeBytes, quantization }
    return { parameters, fingerprint: { provider, fields, parameters, ...compact(facts) } }
  }
}
