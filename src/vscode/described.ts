import * as z from 'zod/mini'

/** A copy of the schema that settings.json and the documentation describe. */
export function described<T extends z.ZodMiniType>(schema: T, description: string): T {
  const copy = z.clone(schema)
  z.globalRegistry.add(copy, { description })
  return copy
}
