import { isLoopback } from '../../credentials/origin.js'
import { ModelError } from '../../errors.js'

/** What the user has set; off where there is no endpoint. */
export interface OtlpSettings {
  /** E.g. `http://127.0.0.1:4318`; `/v1/traces` and `/v1/metrics` are below it. */
  readonly endpoint: string
  /** E.g. the collector's own key. */
  readonly headers: Readonly<Record<string, string>>
  readonly traces: boolean
  readonly metrics: boolean
}

export type OtlpSignal = 'traces' | 'metrics'

function fault(url: URL | null, headers: OtlpSettings['headers']): string | undefined {
  if (url === null || !/^https?:$/.test(url.protocol)) return 'does not start with http:// or https://'
  if (url.username !== '' || url.password !== '') return 'has a user name or a password in it'
  if (url.search !== '' || url.hash !== '') return 'has something behind its path'
  const isOpen = url.protocol === 'http:' && !isLoopback(url.hostname)
  return isOpen && Object.keys(headers).length > 0
    ? 'would carry headers over the network in the clear'
    : undefined
}

/** Where each signal goes. Throws ModelError `invalid-request` for an address that nothing should be sent to. */
export function resolveEndpoint({ endpoint, headers }: OtlpSettings): (signal: OtlpSignal) => URL {
  const base = URL.parse(endpoint)
  const found = fault(base, headers)
  if (base === null || found !== undefined) {
    throw new ModelError({
      code: 'invalid-request',
      message: `The address to export to ${found ?? 'cannot be read'}. Correct it in the settings, e.g. http://127.0.0.1:4318.`,
    })
  }
  const path = base.pathname.replace(/\/+$/, '')
  return (signal) => new URL(`${path}/v1/${signal}`, base)
}
