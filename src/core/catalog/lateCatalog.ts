import { createEmitter } from '../event.js'
import type { Disposable, Log } from '../ports.js'
import { createRetriedLoad } from '../retriedLoad.js'
import type { Catalog } from './catalog.js'

export interface LateCatalogOptions<T extends Catalog> {
  readonly source: Catalog['source']
  readonly open: () => Promise<T & Partial<Disposable>>
  readonly log: Log
}

/** A catalogue that is opened when a cloud connection has first answered; until then it knows nothing. */
export function createLateCatalog<T extends Catalog>({
  source,
  open,
  log,
}: LateCatalogOptions<T>): Catalog & Disposable {
  const changed = createEmitter<void>()
  let isDisposed = false
  const get = createRetriedLoad(async () => {
    const catalog = await open()
    catalog.onDidChange?.(() => changed.fire())
    if (isDisposed) catalog.dispose?.()
    return catalog
  })
  async function use(work: (catalog: Catalog) => Promise<void> | undefined): Promise<void> {
    try {
      await work(await get())
    } catch (error) {
      log.error('What is published of models could not be loaded', error)
    }
  }
  return {
    source,
    get version() {
      return get.now()?.version ?? 'none'
    },
    onDidChange: changed.event,
    prepare: async (place) => await use((catalog) => catalog.prepare?.(place)),
    load: async (place) => await use((catalog) => catalog.load(place)),
    lookup: (place, model) => get.now()?.lookup(place, model),
    dispose() {
      isDisposed = true
      get.now()?.dispose?.()
      changed.dispose()
    },
  }
}
