import { isRecord } from '../../core/json.js'
import type { Connection } from '../../core/provider.js'

export const apiVersions = ['2026-10-21', '2023-06-01'] as const
export type ApiVersion = (typeof apiVersions)[number]

export const cacheDurations = ['5m', '1h', 'off'] as const

/** A marker of a body without this length is kept for five minutes. */
function namesLongLife(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(namesLongLife)
  if (!isRecord(value)) return false
  // A variable of the environment may be any length.
  return Object.entries(value).some(([name, inner]) =>
    name === 'ttl' ? inner !== cacheDurations[0] : namesLongLife(inner),
  )
}

/** By the connection's own choice, or by what its requests carry besides. */
export function mayCacheForAnHour(connection: Connection, modelId: string): boolean {
  const { fields, models } = connection
  const own = Object.hasOwn(models, modelId) ? models[modelId]?.extraBody : undefined
  return fields['promptCaching'] === '1h' || namesLongLife(fields['extraBody']) || namesLongLife(own)
}
