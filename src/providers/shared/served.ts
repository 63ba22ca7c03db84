import { compact } from '../../core/compact.js'
import { isRecord } from '../../core/json.js'
import type { Served } from '../../core/provider.js'
import { recordAt, textAt } from './json.js'

/** Characters; a name that is longer is none. */
const longestName = 200

function nameAt(value: unknown, member: string): string | undefined {
  const name = textAt(value, member)?.trim() ?? ''
  return name === '' || name.length > longestName ? undefined : name
}

/** Where the wires name the model of an answer: in the event, or in what the event is about. */
const places = ['response', 'message', 'interaction'] as const

/** What an event of an answer says of who made it; undefined where it names no model. */
export function readServed(event: unknown): Served | undefined {
  if (!isRecord(event)) return undefined
  const model =
    nameAt(event, 'model') ??
    nameAt(event, 'modelVersion') ??
    places.map((place) => nameAt(recordAt(event, place), 'model')).find((name) => name !== undefined)
  return model === undefined ? undefined : { model, ...compact({ provider: nameAt(event, 'provider') }) }
}
