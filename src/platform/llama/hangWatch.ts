import type { Clock } from '../../core/ports.js'

export interface HangWatchOptions {
  readonly clock: Clock
  /** Milliseconds that the child has to end a job that nobody wants any more. */
  readonly graceMs: number
  /** A model is being loaded, which cannot be broken off and may take minutes. */
  readonly isLoading: () => boolean
  readonly onHang: () => void
}

/** Loading that takes longer than this many times the grace is a hang, too. */
const patience = 30

/** Calls back where a job that was given up is not over in time: a native call hangs, and with it the whole child. */
export async function watchForHang(options: HangWatchOptions, over: AbortSignal): Promise<void> {
  const { clock, graceMs, isLoading, onHang } = options
  for (let waits = 0; waits < patience; waits++) {
    const wasLoading = isLoading()
    try {
      await clock.sleep(graceMs, over)
    } catch {
      // It is over.
      return
    }
    if (!wasLoading) break
  }
  onHang()
}
