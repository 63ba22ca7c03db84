import { readFileSync } from 'node:fs'

/** What says nothing: counts of what was dropped, lists that are empty, flags of a sampler that we have not. */
const optional = new Set([
  'droppedAttributesCount',
  'droppedEventsCount',
  'droppedLinksCount',
  'events',
  'links',
  'flags',
])

/** Differ by the moment, or by chance. */
const accidental = new Set(['traceId', 'spanId'])

function normalize(key: string, value: unknown): unknown {
  if (optional.has(key)) return undefined
  if (accidental.has(key)) return typeof value === 'string' ? value.length : value
  if (key === 'status' && JSON.stringify(value) === '{"code":0}') return {}
  return value
}

/** A body as it may be compared. */
export function comparable(body: unknown): unknown {
  return JSON.parse(JSON.stringify(body, normalize))
}

/** A body that OpenTelemetry's own packages have made, see the folder's README. */
export function readOfficial(name: 'traces' | 'metrics'): unknown {
  const url = new URL(`../fixtures/otlp/${name}.json`, import.meta.url)
  return comparable(JSON.parse(readFileSync(url, 'utf8')))
}
