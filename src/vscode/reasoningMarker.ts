import { type ContentPart, isReasoningState, type ReasoningPart } from '../core/chat.js'
import { isRecord, parseJson } from '../core/json.js'

/**
 * Chat drops thinking parts when a turn ends, but hands this data part back on every later turn.
 * Its content is `<model id>\<payload>`; our payload is the reasoning of the answer with its opaque state.
 */
export const markerMimeType = 'stateful_marker'

export interface PlacedReasoning {
  readonly part: ReasoningPart
  /** How many tool calls of the answer came before it. */
  readonly callsBefore: number
}

export function writeMarker(modelId: string, reasoning: readonly PlacedReasoning[]): Uint8Array {
  const payload = reasoning.map(({ part, callsBefore }) => ({
    text: part.text,
    state: part.state,
    callsBefore,
  }))
  return new TextEncoder().encode(`${modelId}\\${JSON.stringify(payload)}`)
}

function readEntry(entry: unknown): PlacedReasoning | undefined {
  if (!isRecord(entry)) return undefined
  const { text, callsBefore, state } = entry
  if (typeof text !== 'string' || typeof callsBefore !== 'number' || !isReasoningState(state))
    return undefined
  return { part: { type: 'reasoning', text, state }, callsBefore }
}

/** Undefined for a marker that is not ours: other providers use the same type. */
export function readMarker(data: Uint8Array): readonly PlacedReasoning[] | undefined {
  const text = new TextDecoder().decode(data)
  const payload = text.slice(text.indexOf('\\') + 1)
  const parsed = parseJson(payload)
  if (!Array.isArray(parsed)) return undefined
  const entries = parsed.map(readEntry)
  return entries.every((entry) => entry !== undefined) ? entries : undefined
}

/** Puts the reasoning back where it stood among the tool calls; what the host kept of it is replaced. */
export function restoreReasoning(
  content: readonly ContentPart[],
  reasoning: readonly PlacedReasoning[],
): ContentPart[] {
  const restored: ContentPart[] = []
  const waiting = [...reasoning]
  let calls = 0
  const insertDue = () => {
    while (waiting[0] !== undefined && waiting[0].callsBefore <= calls) {
      const next = waiting.shift()
      if (next !== undefined) restored.push(next.part)
    }
  }
  insertDue()
  for (const part of content) {
    if (part.type === 'reasoning') continue
    restored.push(part)
    if (part.type === 'toolCall') {
      calls += 1
      insertDue()
    }
  }
  return [...restored, ...waiting.map(({ part }) => part)]
}
