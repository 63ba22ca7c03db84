import { originOf } from '../core/credentials/origin.js'
import type { Disposable, Log } from '../core/ports.js'
import type { Connection, ProviderTable } from '../core/provider.js'
import type { Connections } from '../core/registry/connections.js'
import { isPlaceUnknown } from '../core/registry/location.js'
import type { Ui } from './commands/ui.js'
import type { Memory } from './views/memory.js'

export interface PlaceQuestionOptions {
  readonly connections: Pick<Connections, 'list' | 'save' | 'onDidChange'>
  readonly providers: ProviderTable
  /** Loaded with the first question. */
  readonly loadUi: () => Promise<Pick<Ui, 'tell'>>
  readonly memory: Memory
  readonly log: Log
}

export interface PlaceQuestion extends Disposable {
  /** Nothing is asked before. */
  start(): void
}

const memoryKey = 'placesAsked'
const isMine = 'It Is Mine'
const isCloud = 'It Is a Cloud'

/**
 * Asks once for each connection of a local provider to a public address whose server it is. Until that is answered it
 * counts as a cloud: it is held back while only local models are allowed.
 */
export function createPlaceQuestion(options: PlaceQuestionOptions): PlaceQuestion {
  const { connections, providers, loadUi, memory, log } = options
  let subscription: Disposable | undefined

  function asked(): readonly string[] {
    const value = memory.get(memoryKey)
    return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : []
  }

  async function ask(connection: Connection): Promise<void> {
    const place = `${connection.id} ${originOf(connection.baseUrl) ?? ''}`
    if (asked().includes(place)) return
    await memory.update(memoryKey, [...asked(), place])
    const ui = await loadUi()
    const message = `“${connection.name}” is at a public address, ${originOf(connection.baseUrl) ?? ''}. Whose server is it? Until you say that it is yours, it counts as a cloud.`
    const pressed = await ui.tell({ level: 'info', message, buttons: [isMine, isCloud] })
    if (pressed === undefined) return
    await connections.save({ ...connection, location: pressed === isMine ? 'local' : 'cloud' })
  }

  async function look(): Promise<void> {
    for (const connection of connections.list()) {
      const provider = providers.find(({ id }) => id === connection.provider)
      if (provider !== undefined && isPlaceUnknown(connection, provider)) await ask(connection)
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
