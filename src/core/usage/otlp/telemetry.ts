import { isModelError } from '../../errors.js'
import type { Disposable } from '../../ports.js'
import type { AttemptRecord } from '../attemptRecord.js'
import type { OtlpSettings } from './endpoint.js'
import type { OtlpExporter, OtlpExporterOptions } from './exporter.js'

export interface TelemetryOptions extends Omit<OtlpExporterOptions, 'settings'> {
  /** Undefined, which is usual, where nothing is to be exported. Read at each attempt; the same object until it changes. */
  readonly settings: () => OtlpSettings | undefined
}

export interface Telemetry extends Disposable {
  /** Returns at once. */
  record(record: AttemptRecord): void
  /** Sends what there is, e.g. before the window closes. Never rejects. */
  flush(): Promise<void>
}

interface Export {
  readonly settings: OtlpSettings
  /** Undefined where the settings name no address that anything may be sent to. */
  readonly exporter: Promise<OtlpExporter | undefined>
}

/** The export as the settings want it: nothing of it is loaded while there is none, and a change begins it anew. */
export function createTelemetry(options: TelemetryOptions): Telemetry {
  const { log } = options
  let current: Export | undefined
  let isDisposed = false

  async function open(settings: OtlpSettings): Promise<OtlpExporter | undefined> {
    try {
      const { createOtlpExporter } = await import('./exporter.js')
      const exporter = createOtlpExporter({ ...options, settings })
      if (isDisposed || current?.settings !== settings) exporter.dispose()
      else exporter.start()
      return exporter
    } catch (error) {
      log.warn(
        `Nothing is exported. ${isModelError(error) ? error.message : 'The exporter could not be loaded.'}`,
      )
      return undefined
    }
  }

  function close(): void {
    const { exporter } = current ?? {}
    current = undefined
    void exporter?.then((opened) => opened?.dispose())
  }

  function follow(): Export | undefined {
    const settings = isDisposed ? undefined : options.settings()
    if (current !== undefined && current.settings !== settings) close()
    // Known before it is opened, for opening looks whether it still is what is wanted.
    if (settings !== undefined)
      current ??= { settings, exporter: Promise.resolve().then(() => open(settings)) }
    return current
  }

  return {
    record(record) {
      void follow()?.exporter.then((exporter) => exporter?.record(record))
    },
    flush: async () => await (await current?.exporter)?.flush(),
    dispose() {
      isDisposed = true
      close()
    },
  }
}
