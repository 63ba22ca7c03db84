import { originOf } from '../core/credentials/origin.js'
import type { Connection } from '../core/provider.js'
import type { Connections } from '../core/registry/connections.js'
import type { Ui } from './commands/ui.js'
import type { Memory } from './views/memory.js'

export interface AskPlaceOptions {
  readonly connections: Pick<Connections, 'save'>
  /** Loaded with the first question. */
  readonly loadUi: () => Promise<Pick<Ui, 'tell'>>
  readonly memory: Memory
}

const memoryKey = 'placesAsked'
const isMine = 'It Is Mine'
const isCloud = 'It Is a Cloud'

/** Asks whose server a connection's is, once for each of its addresses, and saves the answer. */
export async function askPlace(
  connection: Connection,
  { connections, loadUi, memory }: AskPlaceOptions,
): Promise<void> {
  const kept = memory.get(memoryKey)
  const asked = Array.isArray(kept) ? kept.filter((each) => typeof each === 'string') : []
  const origin = originOf(connection.baseUrl) ?? ''
  const place = `${connection.id} ${origin}`
  if (asked.includes(place)) return
  await memory.update(memoryKey, [...asked, place])
  const ui = await loadUi()
  const message = `“${connection.name}” is at a public address, ${origin}. Whose server is it? Until you say that it is yours, it counts as a cloud.`
  const pressed = await ui.tell({ level: 'info', message, buttons: [isMine, isCloud] })
  if (pressed === undefined) return
  await connections.save({ ...connection, location: pressed === isMine ? 'local' : 'cloud' })
}
