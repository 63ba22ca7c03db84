import type { ContentPart, ReasoningPart } from '../../core/chat.js'
import { isRecord, type JsonRecord } from '../../core/json.js'
import { recordAt, textAt } from '../shared/json.js'
import type { apis } from './options.js'

type Api = (typeof apis)[number]

/** What only the API that gave it can take back: a step or a part as it came, or the signature of a call. */
export type Kept = { readonly item: JsonRecord } | { readonly callId: string; readonly signature: string }

interface Owner {
  readonly api: Api
  readonly model: string
}

export function keep(kept: Kept, { api, model }: Owner): ReasoningPart {
  return { type: 'reasoning', text: '', state: { provider: 'google', model, value: { api, ...kept } } }
}

/** The step or part that a reasoning part keeps; undefined where it is another model's, or the other API's. */
export function keptItem(part: ReasoningPart, owner: Owner): JsonRecord | undefined {
  const value = valueOf(part, owner)
  return value === undefined || !isRecord(value['item']) ? undefined : recordAt(value, 'item')
}

/** The signatures of a message's calls, by their ids. */
export function callSignatures(content: readonly ContentPart[], owner: Owner): ReadonlyMap<string, string> {
  const signatures = new Map<string, string>()
  for (const part of content) {
    const value = part.type === 'reasoning' ? valueOf(part, owner) : undefined
    const callId = textAt(value, 'callId')
    const signature = textAt(value, 'signature')
    if (callId !== undefined && signature !== undefined) signatures.set(callId, signature)
  }
  return signatures
}

function valueOf({ state }: ReasoningPart, { api, model }: Owner): JsonRecord | undefined {
  if (state?.provider !== 'google' || state.model !== model || !isRecord(state.value)) return undefined
  return state.value['api'] === api ? state.value : undefined
}
