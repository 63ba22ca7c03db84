import type { Attributes } from './genAiNames.js'

interface OtlpValue {
  readonly stringValue?: string
  readonly intValue?: number
  readonly doubleValue?: number
  readonly boolValue?: boolean
}

export interface OtlpAttribute {
  readonly key: string
  readonly value: OtlpValue
}

function toValue(value: string | number | boolean): OtlpValue {
  if (typeof value === 'string') return { stringValue: value }
  if (typeof value === 'boolean') return { boolValue: value }
  return Number.isSafeInteger(value) ? { intValue: value } : { doubleValue: value }
}

export function toAttributes(attributes: Attributes): readonly OtlpAttribute[] {
  return Object.entries(attributes).map(([key, value]) => ({ key, value: toValue(value) }))
}

/** Milliseconds as nanoseconds: a text, for the number has more digits than JSON's readers keep. */
export function toNanoseconds(ms: number): string {
  return `${Math.round(ms * 1_000)}000`
}

/** Who sends: the same in traces and metrics. */
export interface OtlpSource {
  readonly version: string
  /** Another one for each window and each start. */
  readonly instanceId: string
}

export function toResource({ version, instanceId }: OtlpSource) {
  const attributes = toAttributes({
    'service.name': 'roundhouse',
    'service.version': version,
    'service.instance.id': instanceId,
  })
  return { attributes }
}

export function toScope({ version }: OtlpSource) {
  return { name: 'roundhouse', version }
}
