import type { GbnfJsonSchema } from 'node-llama-cpp'
import { isRecord } from '../../core/json.js'

type Json = Readonly<Record<string, unknown>>

/** Nested references deeper than this become "any value": a grammar cannot be endless. */
const maximumDepth = 8

const primitives = ['string', 'number', 'integer', 'boolean', 'null'] as const
type Primitive = (typeof primitives)[number]

const anyValue: GbnfJsonSchema = {
  oneOf: [
    { type: ['string', 'number', 'boolean', 'null'] },
    { type: 'array' },
    { type: 'object', additionalProperties: true },
  ],
}

/**
 * A tool's JSON Schema as the subset that llama.cpp can enforce while it generates. The engine makes a model write
 * every property, so optional ones may be null here; `dropNulls` takes those out of the answer.
 */
export function toGrammarSchema(schema: Json): GbnfJsonSchema {
  return convert(schema, schema, 0)
}

function convert(schema: unknown, root: Json, depth: number): GbnfJsonSchema {
  if (!isRecord(schema) || depth > maximumDepth) return anyValue
  const described = typeof schema.description === 'string' ? { description: schema.description } : {}
  const next = (inner: unknown): GbnfJsonSchema => convert(inner, root, depth + 1)
  if (typeof schema.$ref === 'string') return next(resolveReference(root, schema.$ref))
  if (isScalar(schema.const)) return { const: schema.const, ...described }
  if (Array.isArray(schema.enum)) return { enum: schema.enum.filter(isScalar), ...described }
  const choices = schema.oneOf ?? schema.anyOf
  if (Array.isArray(choices)) return { oneOf: choices.map(next), ...described }
  if (Array.isArray(schema.allOf)) return next(mergeAll(schema, root))
  const types = typesOf(schema)
  if (types.length > 1 && !types.every(isPrimitive)) {
    return { oneOf: types.map((type) => next({ ...schema, type })), ...described }
  }
  if (types[0] === 'object') return { ...convertObject(schema, next), ...described }
  if (types[0] === 'array') return { type: 'array', ...itemsOf(schema, next), ...described }
  const simple = types.filter(isPrimitive)
  return simple.length === 0 ? anyValue : { type: simple, ...described }
}

function convertObject(schema: Json, next: (inner: unknown) => GbnfJsonSchema): GbnfJsonSchema {
  const properties = propertiesOf(schema)
  if (properties.length === 0) return { type: 'object', additionalProperties: true }
  const converted = properties.map(([name, inner]) => {
    const value = next(inner)
    return [name, isOptional(schema, name) ? orNull(value) : value] as const
  })
  return { type: 'object', properties: Object.fromEntries(converted) }
}

function orNull(schema: GbnfJsonSchema): GbnfJsonSchema {
  const description = 'description' in schema ? schema.description : undefined
  return { oneOf: [schema, { type: 'null' }], ...(description === undefined ? {} : { description }) }
}

function itemsOf(schema: Json, next: (inner: unknown) => GbnfJsonSchema): { items?: GbnfJsonSchema } {
  return isRecord(schema.items) ? { items: next(schema.items) } : {}
}

/** Removes the nulls that a model had to write for optional properties, except where the schema itself allows null. */
export function dropNulls(value: unknown, schema: unknown): unknown {
  if (Array.isArray(value)) {
    const items = isRecord(schema) ? schema.items : undefined
    return value.map((item) => dropNulls(item, items))
  }
  if (!isRecord(value) || !isRecord(schema)) return value
  const properties = new Map(propertiesOf(schema))
  const kept = Object.entries(value).filter(([name, inner]) => {
    const property = properties.get(name)
    return inner !== null || property === undefined || !isOptional(schema, name) || allowsNull(property)
  })
  return Object.fromEntries(kept.map(([name, inner]) => [name, dropNulls(inner, properties.get(name))]))
}

/** Whether a value of the schema may leave out something, at any depth. */
export function hasOptional(schema: unknown): boolean {
  if (Array.isArray(schema)) return schema.some(hasOptional)
  if (!isRecord(schema)) return false
  return (
    propertiesOf(schema).some(([name]) => isOptional(schema, name)) || Object.values(schema).some(hasOptional)
  )
}

function allowsNull(schema: unknown): boolean {
  if (!isRecord(schema)) return false
  const choices = [schema.oneOf, schema.anyOf].flatMap((list): unknown[] => (Array.isArray(list) ? list : []))
  return (
    typesOf(schema).includes('null') ||
    (Array.isArray(schema.enum) && schema.enum.includes(null)) ||
    choices.some(allowsNull)
  )
}

function mergeAll(schema: Json, root: Json): Json {
  const all = Array.isArray(schema.allOf) ? schema.allOf.filter(isRecord) : []
  const resolved = all.map((part) =>
    typeof part.$ref === 'string' ? (resolveReference(root, part.$ref) ?? {}) : part,
  )
  const { allOf: _, ...own } = schema
  return [own, ...resolved].reduce<Json>(
    (merged, part) => ({
      ...merged,
      ...part,
      properties: { ...asJson(merged.properties), ...asJson(part.properties) },
      required: [...asList(merged.required), ...asList(part.required)],
    }),
    {},
  )
}

/** Only references into the schema itself, such as `#/$defs/position`. */
function resolveReference(root: Json, reference: string): Json | undefined {
  if (!reference.startsWith('#/')) return undefined
  let found: unknown = root
  for (const key of reference.slice(2).split('/'))
    found = isRecord(found) && Object.hasOwn(found, key) ? found[key] : undefined
  return isRecord(found) ? found : undefined
}

function typesOf(schema: Json): readonly string[] {
  if (typeof schema.type === 'string') return [schema.type]
  if (Array.isArray(schema.type)) return schema.type.filter((type) => typeof type === 'string')
  if (isRecord(schema.properties)) return ['object']
  return isRecord(schema.items) ? ['array'] : []
}

function propertiesOf(schema: Json): [string, unknown][] {
  return Object.entries(asJson(schema.properties))
}

function isOptional(schema: Json, name: string): boolean {
  return !asList(schema.required).includes(name)
}

function asJson(value: unknown): Json {
  return isRecord(value) ? value : {}
}

function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

function isPrimitive(type: string): type is Primitive {
  return primitives.some((known) => known === type)
}

function isScalar(value: unknown): value is string | number | boolean | null {
  return value === null || ['string', 'number', 'boolean'].includes(typeof value)
}
