import type { Disposable, Log } from '../core/ports.js'
import type { ProviderTable } from '../core/provider.js'
import type { Connections } from '../core/registry/connections.js'
import { isPlaceUnknown } from '../core/registry/location.js'
import type { AskPlaceOptions } from './askPlace.js'

export interface PlaceQuestionOptions extends AskPlaceOptions {
  readonly connections: Pick<Connections, 'list' | 'save' | 'onDidChange'>
  readonly providers: ProviderTable
  readonly log: Log
}

export interface PlaceQuestion extends Disposable {
  /** Nothing is asked before. */
  start(): void
}

/**
 * Asks once for each connection of a local provider to a public address whose server it is. Until that is answered it
 * counts as a cloud: it is held back while only local models are allowed.
 */
export function createPlaceQuestion(options: PlaceQuestionOptions): PlaceQuestion {
  const { connections, providers, log } = options
  let subscription: Disposable | undefined

  async function look(): Promise<void> {
    for (const connection of connections.list()) {
      const provider = providers.find(({ id }) => id === connection.provider)
      if (provider === undefined || !isPlaceUnknown(connection, provider)) continue
      const { askPlace } = await import('./askPlace.js')
      await askPlace(connection, options)
    }
  }

  const lookNow = (): void =>
    void look().catch((error: unknown) => log.error('It could not be asked whose server it is', error))

  return {
    start() {
      subscription = connections.onDidChange(lookNow)
      lookNow()
    },
    dispose: () => subscription?.dispose(),
  }
}
