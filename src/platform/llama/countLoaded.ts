import { setImmediate } from 'node:timers/promises'
import type { ModelStore } from './modelStore.js'

/** Milliseconds for which counting may keep the process from everything else. */
const sliceMs = 4

/** Undefined where the model is not in memory, or leaves it in the meantime. */
export async function countLoaded(
  store: Pick<ModelStore, 'loaded'>,
  file: string,
  texts: readonly string[],
): Promise<readonly number[] | undefined> {
  const open = store.loaded(file)
  const counts: number[] = []
  let sliceEnds = performance.now() + sliceMs
  for (const text of texts) {
    if (performance.now() > sliceEnds) {
      await setImmediate()
      sliceEnds = performance.now() + sliceMs
    }
    if (open === undefined || store.loaded(file) !== open) return undefined
    counts.push(open.model.tokenize(text).length)
  }
  return counts
}
