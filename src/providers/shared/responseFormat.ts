import type { ResponseFormat } from '../../core/chat.js'
import { isRecord, type JsonRecord } from '../../core/json.js'

const longestName = 64

/** `response_format` of Chat Completions; undefined for text, which is the default. */
export function toChatFormat(format: ResponseFormat): JsonRecord | undefined {
  if (format.type === 'text') return undefined
  if (format.type === 'json') return { type: 'json_object' }
  return { type: 'json_schema', json_schema: namedSchema(format) }
}

/** `text.format` of the Responses API: the same, flat. */
export function toResponsesFormat(format: ResponseFormat): JsonRecord | undefined {
  if (format.type === 'text') return undefined
  if (format.type === 'json') return { type: 'json_object' }
  return { type: 'json_schema', ...namedSchema(format) }
}

function namedSchema({ name, schema }: Extract<ResponseFormat, { type: 'jsonSchema' }>): JsonRecord {
  const safe = name.replaceAll(/[^\w-]/g, '_').slice(0, longestName)
  return { name: safe === '' ? 'answer' : safe, schema, ...(isStrict(schema) ? { strict: true } : {}) }
}

/** Whether the schema is one that a server can promise to keep: closed objects whose every property is required. */
function isStrict(value: unknown): boolean {
  if (Array.isArray(value)) return value.every(isStrict)
  if (!isRecord(value)) return true
  if (value['type'] === 'object' || isRecord(value['properties'])) {
    const { properties, required, additionalProperties } = value
    const names = isRecord(properties) ? Object.keys(properties) : []
    const isClosed = additionalProperties === false && Array.isArray(required)
    if (!isClosed || !names.every((name) => required.includes(name))) return false
  }
  return Object.values(value).every(isStrict)
}
