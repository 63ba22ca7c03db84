import { isRecord, type JsonRecord } from '../../core/json.js'
import { sanitiseSchema } from '../shared/toolSchema.js'

/** Keywords that Gemini's subset of JSON Schema has; it answers 400 to some of the others. */
const kept = new Set([
  '$ref',
  '$defs',
  'type',
  'title',
  'description',
  'enum',
  'items',
  'prefixItems',
  'minItems',
  'maxItems',
  'minimum',
  'maximum',
  'anyOf',
  'oneOf',
  'properties',
  'additionalProperties',
  'required',
])

const maximumDepth = 32

/** A tool's input schema in the subset of JSON Schema that Gemini reads. */
export function toGeminiSchema(schema: JsonRecord | undefined): JsonRecord {
  return convert(sanitiseSchema(schema), 0)
}

function convert(schema: JsonRecord, depth: number): JsonRecord {
  if (depth > maximumDepth) return {}
  // Beside a reference nothing else may stand.
  if (typeof schema['$ref'] === 'string')
    return { $ref: schema['$ref'].replace('#/definitions/', '#/$defs/') }
  const clean: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(merge(schema))) {
    if (kept.has(key)) clean[key] = convertValue(key, value, depth)
  }
  if (isRecord(schema['definitions'])) clean['$defs'] = convertMap(schema['definitions'], depth)
  return splitTypes(withEnum(clean, schema))
}

function convertValue(key: string, value: unknown, depth: number): unknown {
  if (key === 'properties' || key === '$defs') return isRecord(value) ? convertMap(value, depth) : {}
  if (key === 'enum' || key === 'required' || key === 'type') return value
  if (Array.isArray(value)) return value.map((item) => (isRecord(item) ? convert(item, depth + 1) : item))
  return isRecord(value) ? convert(value, depth + 1) : value
}

function convertMap(map: JsonRecord, depth: number): JsonRecord {
  const entries = Object.entries(map).filter(([, value]) => isRecord(value) || typeof value === 'boolean')
  return Object.fromEntries(
    entries.map(([name, value]) => [name, isRecord(value) ? convert(value, depth + 1) : {}]),
  )
}

/** `allOf` as one schema, exclusive bounds as bounds. */
function merge(schema: JsonRecord): JsonRecord {
  const { allOf, exclusiveMinimum, exclusiveMaximum, ...rest } = schema
  const branches = Array.isArray(allOf) ? allOf.filter(isRecord) : []
  const properties = Object.assign(
    {},
    ...[...branches, rest].map((each) => each['properties']).filter(isRecord),
  )
  return {
    ...(typeof exclusiveMinimum === 'number' ? { minimum: exclusiveMinimum } : {}),
    ...(typeof exclusiveMaximum === 'number' ? { maximum: exclusiveMaximum } : {}),
    ...Object.assign({}, ...branches),
    ...rest,
    ...(Object.keys(properties).length === 0 ? {} : { properties }),
  }
}

/** Constants are choices of one; choices are strings or numbers. */
function withEnum(clean: Record<string, unknown>, { const: constant }: JsonRecord): Record<string, unknown> {
  const given = constant === undefined ? clean['enum'] : [constant]
  const { enum: _, ...rest } = clean
  const choices = Array.isArray(given) ? given.filter((each) => /^(string|number)$/.test(typeof each)) : []
  if (!Array.isArray(given) || choices.length !== given.length || choices.length === 0) return rest
  return { type: typeof choices[0], ...rest, enum: choices }
}

/** Several types at once are alternatives; only null may stand beside another type. */
function splitTypes(schema: Record<string, unknown>): JsonRecord {
  const { type, ...rest } = schema
  if (!Array.isArray(type)) return schema
  const types = type.filter((each) => each !== 'null')
  if (types.length === 1 || rest['anyOf'] !== undefined) return schema
  return { ...rest, anyOf: type.map((each) => ({ type: each })) }
}
