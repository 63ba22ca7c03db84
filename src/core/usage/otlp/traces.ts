import type { AttemptRecord } from '../attemptRecord.js'
import { spanAttributes, spanName } from './genAiNames.js'
import { type OtlpSource, toAttributes, toNanoseconds, toResource, toScope } from './otlpJson.js'

const clientKind = 3
const errorStatus = 2

/** Ids are made of what the ledger has: the attempts of a request share their trace, in whatever window they are told. */
const offset = 0xcb_f2_9c_e4_84_22_23_25n
const prime = 0x1_00_00_00_01_b3n

/** FNV-1a, 64 bits, as hexadecimal digits; never all zeroes, which would be no id. */
function hashOf(text: string): string {
  let hash = offset
  for (const byte of new TextEncoder().encode(text)) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * prime)
  return (hash === 0n ? 1n : hash).toString(16).padStart(16, '0')
}

function toSpan(record: AttemptRecord) {
  const { requestId, number, at, latencyMs, outcome } = record
  return {
    traceId: `${hashOf(`trace ${requestId}`)}${hashOf(`request ${requestId}`)}`,
    spanId: hashOf(`span ${requestId} ${number}`),
    name: spanName(record),
    kind: clientKind,
    startTimeUnixNano: toNanoseconds(at),
    endTimeUnixNano: toNanoseconds(at + latencyMs),
    attributes: toAttributes(spanAttributes(record)),
    status: outcome.kind === 'failure' ? { code: errorStatus } : {},
  }
}

/** The body of a post to `/v1/traces`: one span for each attempt. */
export function toTraces(records: readonly AttemptRecord[], source: OtlpSource) {
  const scopeSpans = [{ scope: toScope(source), spans: records.map(toSpan) }]
  return { resourceSpans: [{ resource: toResource(source), scopeSpans }] }
}
