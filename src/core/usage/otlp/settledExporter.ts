import { isModelError } from '../../errors.js'
import type { Event } from '../../event.js'
import type { Clock, Disposable } from '../../ports.js'
import type { AttemptRecord } from '../attemptRecord.js'
import type { OtlpSettings } from './endpoint.js'
import type { OtlpExporter, OtlpExporterOptions } from './exporter.js'

export interface SettledExporterOptions extends Omit<OtlpExporterOptions, 'settings'> {
  /** Off where the endpoint is empty. */
  readonly settings: () => OtlpSettings
  readonly onDidChange: Event<void>
}

export interface SettledExporter extends Disposable {
  /** Returns at once, and does nothing while the export is off. */
  record(record: AttemptRecord): void
  /** Sends what has not been sent yet, in three seconds at most, and ends. Never rejects. */
  close(): Promise<void>
}

/** VS Code waits five seconds for what closes with it. */
const farewellMs = 3_000

async function sayFarewell(exporter: OtlpExporter, clock: Pick<Clock, 'sleep'>): Promise<void> {
  const sent = new AbortController()
  const tooLong = clock.sleep(farewellMs, sent.signal).catch(() => {})
  await Promise.race([exporter.flush().finally(() => sent.abort()), tooLong])
  exporter.dispose()
}

/** The exporter that the settings ask for, loaded when they first do, and made anew when they change. */
export function createSettledExporter(options: SettledExporterOptions): SettledExporter {
  const { settings, onDidChange, ...rest } = options
  const { log } = rest
  let stop = new AbortController()
  let current: Promise<OtlpExporter | undefined> | undefined

  async function open(wanted: OtlpSettings, { signal }: AbortController): Promise<OtlpExporter | undefined> {
    try {
      const { createOtlpExporter } = await import('./exporter.js')
      if (signal.aborted) return undefined
      const exporter = createOtlpExporter({ ...rest, settings: wanted })
      signal.addEventListener('abort', () => exporter.dispose(), { once: true })
      exporter.start()
      return exporter
    } catch (error) {
      if (isModelError(error)) log.warn(`Usage is not exported. ${error.message}`)
      else log.error('Usage is not exported', error)
      return undefined
    }
  }

  function apply(): void {
    stop.abort()
    stop = new AbortController()
    const wanted = settings()
    current = wanted.endpoint === '' ? undefined : open(wanted, stop)
  }

  async function tell(record: AttemptRecord, to: Promise<OtlpExporter | undefined>): Promise<void> {
    const exporter = await to
    exporter?.record(record)
  }

  const end = (): void => {
    subscription.dispose()
    current = undefined
  }

  apply()
  const subscription = onDidChange(apply)
  return {
    record(record) {
      if (current !== undefined) void tell(record, current)
    },
    async close() {
      const opened = current
      // Whoever disposes of this in the meantime does not end the farewell.
      stop = new AbortController()
      end()
      const exporter = await opened
      if (exporter !== undefined) await sayFarewell(exporter, rest.clock)
    },
    dispose() {
      end()
      stop.abort()
    },
  }
}
