import type { Tool } from '../../core/chat.js'
import { isRecord, type JsonRecord } from '../../core/json.js'
import type { OfferedTools } from './toolName.js'

/** Keywords that say nothing to a model and that some servers refuse. */
const dropped = new Set([
  '$schema',
  '$id',
  '$comment',
  'markdownDescription',
  'enumDescriptions',
  'markdownEnumDescriptions',
  'defaultSnippets',
  'deprecationMessage',
  'errorMessage',
])

/** Objects whose keys are names of the schema's author, not keywords. */
const maps = new Set(['properties', '$defs', 'definitions', 'patternProperties', 'dependentSchemas'])

/** Values that are data, not schemas. */
const literals = new Set(['enum', 'const', 'default', 'examples', 'required'])

const maximumDepth = 32

/**
 * A tool's input schema as every server takes it: an object at the top, without alternatives there, no editor
 * keywords, arrays that say what they hold, nothing required that does not exist.
 */
export function sanitiseSchema(schema: JsonRecord | undefined): JsonRecord {
  const clean = schema === undefined ? {} : cleanSchema(schema, 0)
  const { anyOf, oneOf, allOf, not: _not, enum: _enum, ...rest } = clean
  const branches = [anyOf, oneOf, allOf].flatMap((list) => (Array.isArray(list) ? list.filter(isRecord) : []))
  const merged = Object.assign({}, ...branches.map((branch) => branch['properties']).filter(isRecord))
  const own = isRecord(rest['properties']) ? rest['properties'] : {}
  return withKnownRequired({ ...rest, type: 'object', properties: { ...merged, ...own } })
}

function cleanSchema(schema: JsonRecord, depth: number): JsonRecord {
  if (depth > maximumDepth) return {}
  const clean: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(schema)) {
    if (dropped.has(key) || value === undefined) continue
    if (literals.has(key)) clean[key] = value
    else if (maps.has(key) && isRecord(value)) clean[key] = cleanMap(value, depth)
    else clean[key] = cleanValue(value, depth)
  }
  if (clean['type'] === 'array' && clean['items'] === undefined && clean['prefixItems'] === undefined)
    clean['items'] = {}
  return withKnownRequired(clean)
}

function cleanMap(map: JsonRecord, depth: number): JsonRecord {
  return Object.fromEntries(Object.entries(map).map(([name, value]) => [name, cleanValue(value, depth)]))
}

function cleanValue(value: unknown, depth: number): unknown {
  if (Array.isArray(value)) return value.map((item) => cleanValue(item, depth))
  return isRecord(value) ? cleanSchema(value, depth + 1) : value
}

function withKnownRequired(schema: JsonRecord): JsonRecord {
  const { required, ...rest } = schema
  if (!Array.isArray(required) || !isRecord(schema['properties']))
    return Array.isArray(required) ? schema : rest
  const { properties } = schema
  const known = required.filter((name) => typeof name === 'string' && Object.hasOwn(properties, name))
  return known.length === 0 ? rest : { ...rest, required: known }
}

/** Names as servers take them (letters, digits, `_`, `-`, up to 64), and back. */
export interface ToolNames extends OfferedTools {
  toWire(name: string): string
  fromWire(name: string): string
}

export function createToolNames(tools: readonly Tool[], maximumLength = 64): ToolNames {
  const wire = new Map<string, string>()
  const original = new Map<string, string>()
  const toWire = (name: string): string => {
    const known = wire.get(name)
    if (known !== undefined) return known
    const base = name.replaceAll(/[^\w-]/g, '_').slice(0, maximumLength) || 'tool'
    let unique = base
    for (let count = 2; original.has(unique); count++) {
      unique = `${base.slice(0, maximumLength - 1 - String(count).length)}_${count}`
    }
    wire.set(name, unique)
    original.set(unique, name)
    return unique
  }
  // Names that are fit already keep themselves, whatever the order.
  for (const tool of tools)
    if (/^[\w-]+$/.test(tool.name) && tool.name.length <= maximumLength) toWire(tool.name)
  for (const tool of tools) toWire(tool.name)
  return {
    toWire,
    fromWire: (name) => original.get(name) ?? name,
    areOffered: () => tools.length > 0,
    has: (name) => original.has(name),
    begins: (start) => [...original.keys()].some((name) => name.startsWith(start)),
    needsInput(name) {
      const required = tools.find((tool) => tool.name === original.get(name))?.inputSchema?.['required']
      return Array.isArray(required) && required.length > 0
    },
  }
}
