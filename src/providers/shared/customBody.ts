import { isRecord, type JsonRecord } from '../../core/json.js'
import type { ModelInfo } from '../../core/model.js'
import type { ParameterName } from '../../core/parameters/merge.js'
import type { ProviderContext } from '../../core/provider.js'
import { listField, recordField } from './fields.js'
import { lookUp } from './json.js'
import { resolveDeep } from './variables.js'

/** What our parameters are called in a body; a user may name a member by either name. */
export type WireNames = Readonly<Partial<Record<ParameterName, string>>>

/** Ours to say: an answer is read as a stream, and as nothing else. */
const kept = 'stream'

/** Without the members that the connection omits, and with those that it renames. */
export function renameMembers(body: JsonRecord, context: ProviderContext, names: WireNames): JsonRecord {
  const wireName = (name: string): string => lookUp<string | undefined>(names, name) ?? name
  const omitted = new Set(listField(context, 'omitParameters').map(wireName))
  const renamed = new Map(
    Object.entries(recordField(context, 'renameParameters')).map(([name, to]) => [wireName(name), to]),
  )
  if (omitted.size === 0 && renamed.size === 0) return body
  const entries = Object.entries(body).flatMap(([name, value]) => {
    if (name === kept) return [[name, value] as const]
    const to = renamed.get(name)
    return omitted.has(name) ? [] : [[typeof to === 'string' && to !== '' ? to : name, value] as const]
  })
  return Object.fromEntries(entries)
}

/**
 * The body as the user wants it: without what the connection omits, with what it renames, and with the extra members
 * of the connection and of the model, which win over ours. Throws ModelError where a variable is not set.
 */
export function customiseBody(
  body: JsonRecord,
  model: ModelInfo,
  context: ProviderContext,
  names: WireNames,
): JsonRecord {
  const { models } = context.connection
  const own = Object.hasOwn(models, model.id) ? models[model.id]?.extraBody : undefined
  const renamed = renameMembers(body, context, names)
  const shared = recordField(context, 'extraBody')
  if (own === undefined && Object.keys(shared).length === 0) return renamed
  const extra = mergeDeep(shared, own ?? {})
  const merged = mergeDeep(renamed, resolveDeep(extra, 'the extra body', context))
  return kept in body ? { ...merged, [kept]: body[kept] } : merged
}

/** Objects are merged member by member, everything else is replaced. */
function mergeDeep(base: JsonRecord, over: unknown): JsonRecord {
  if (!isRecord(over)) return base
  const merged = Object.entries(over).map(([name, value]) => {
    const present = Object.hasOwn(base, name) ? base[name] : undefined
    return [name, isRecord(present) && isRecord(value) ? mergeDeep(present, value) : value] as const
  })
  return Object.fromEntries([...Object.entries(base), ...merged])
}
