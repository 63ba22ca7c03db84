import type { ContentPart, ReasoningPart } from '../../../core/chat.js'
import { type JsonRecord } from '../../../core/json.js'
import type { BesideCall } from '../besideCall.js'
import { recordAt, textAt } from '../json.js'

/** Whose calls these are: what a server put beside them means nothing to another one, nor to another model. */
export interface BesideOwner {
  readonly provider: string
  /** The id of the connection. */
  readonly connection: string
  readonly model: string
}

/** Keeps what came beside a call for the next request. */
export function keepBeside(
  callId: string,
  beside: BesideCall,
  { provider, connection, model }: BesideOwner,
): ReasoningPart {
  return {
    type: 'reasoning',
    text: '',
    state: { provider, model, value: { connection, beside: { callId, ...beside } } },
  }
}

/** What goes back beside the calls of a message, by their ids. */
export function besidesOf(
  content: readonly ContentPart[],
  { provider, connection, model }: BesideOwner,
): ReadonlyMap<string, BesideCall> {
  const found = new Map<string, BesideCall>()
  for (const part of content) {
    if (part.type !== 'reasoning' || part.state === undefined) continue
    const { state } = part
    const isOwn = state.provider === provider && state.model === model
    if (!isOwn || textAt(state.value, 'connection') !== connection) continue
    const beside: JsonRecord = recordAt(state.value, 'beside')
    const callId = textAt(beside, 'callId')
    if (callId === undefined) continue
    found.set(callId, { call: recordAt(beside, 'call'), function: recordAt(beside, 'function') })
  }
  return found
}
