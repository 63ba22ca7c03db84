import type { ToolCallPart } from '../../core/chat.js'
import type { JsonRecord } from '../../core/json.js'
import { textAt } from '../shared/json.js'
import { isEmptyInput } from '../shared/openCalls.js'
import type { Subject } from '../shared/subject.js'
import { readToolInput, type TakenIds, takeId, unclearCalls } from '../shared/toolCalls.js'
import type { ToolNames } from '../shared/toolSchema.js'

/** What the deltas of one output item brought of a call. */
export interface CallDeltas {
  input: string
  /** Calls that ended under the item's number: servers that number all items alike end several. */
  ended: number
  /** The call as it began. */
  begun: JsonRecord | undefined
}

export interface ResponseCalls {
  /** A call whose item is whole. */
  read(wire: JsonRecord, deltas: CallDeltas): Iterable<ToolCallPart>
  /** Those that no item's end told: of the whole response, else of the deltas alone. */
  readRest(output: readonly JsonRecord[], deltas: Iterable<CallDeltas>): Iterable<ToolCallPart>
  /** How many went out. */
  count(): number
  /** The ModelError of a call that is none, or of calls that cannot be told apart. */
  broken(): unknown
}

interface CallOptions {
  readonly subject: Subject
  readonly names: ToolNames
  /** Ids of the conversation's calls. */
  readonly taken: TakenIds
}

interface Told {
  readonly id: string | undefined
  readonly content: string
  readonly deltas: CallDeltas
}

export function createResponseCalls({ subject, names, taken }: CallOptions): ResponseCalls {
  const told: Told[] = []
  /** Without an input so far: one may have come under another number. */
  const waiting: JsonRecord[] = []
  let count = 0
  let broken: unknown
  let isUnclear = false

  function* tell(wire: JsonRecord, input: unknown): Iterable<ToolCallPart> {
    const name = names.fromWire(textAt(wire, 'name') ?? '')
    try {
      if (name === '') throw unclearCalls(subject)
      const part = { type: 'toolCall', name, input: readToolInput(subject, name, input) } as const
      count += 1
      yield { ...part, callId: takeId(idOf(wire), taken) }
    } catch (thrown) {
      broken ??= thrown
    }
  }

  return {
    *read(wire, deltas) {
      const { arguments: own } = wire
      const call: Told = { id: idOf(wire), content: contentOf(wire, own), deltas }
      const same = told.filter((each) => each.id === call.id && each.content === call.content)
      // Told twice.
      if (same.some((each) => each.deltas === deltas)) return
      const input = isEmptyInput(own) ? deltas.input : own
      const mayBeOther = isEmptyInput(own) && deltas.ended > 0
      isUnclear ||= mayBeOther || (call.id !== undefined && same.length > 0)
      deltas.ended += 1
      told.push(call)
      if (isUnclear) return
      if (isEmptyInput(input)) waiting.push(wire)
      else yield* tell(wire, input)
    },
    *readRest(output, deltas) {
      const rest = restOf(output, told)
      const orphans = [...deltas].filter(({ ended, input }) => ended === 0 && !isEmptyInput(input))
      const begun = orphans.filter((each) => each.begun !== undefined && !isTold(each.begun, output))
      // Arguments that belong to no call may be those of one that seems to have none.
      isUnclear ||= output.length === 0 && orphans.length > begun.length
      if (isUnclear) return
      for (const wire of rest) yield* tell(wire, wire['arguments'])
      for (const each of begun) yield* tell(each.begun ?? {}, each.input)
      for (const wire of waiting) yield* tell(wire, undefined)
    },
    count: () => count,
    broken: () => (isUnclear ? unclearCalls(subject) : broken),
  }
}

/** What the whole response holds and no item's end told. An id may be another there, and so may spaces in the input. */
function restOf(output: readonly JsonRecord[], told: readonly Told[]): readonly JsonRecord[] {
  const known = [...told]
  return output.filter((wire) => {
    const id = idOf(wire)
    const content = contentOf(wire, wire['arguments'])
    const at = known.findIndex((each) => (id !== undefined && each.id === id) || each.content === content)
    if (at >= 0) known.splice(at, 1)
    return at < 0
  })
}

function isTold(begun: JsonRecord, output: readonly JsonRecord[]): boolean {
  return output.some((wire) => idOf(wire) === idOf(begun))
}

function idOf(wire: JsonRecord): string | undefined {
  return textAt(wire, 'call_id') ?? textAt(wire, 'id')
}

function contentOf(wire: JsonRecord, input: unknown): string {
  return JSON.stringify([wire['name'], input])
}
