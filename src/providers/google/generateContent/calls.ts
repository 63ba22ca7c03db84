import type { ResponsePart } from '../../../core/chat.js'
import { ModelError } from '../../../core/errors.js'
import { isRecord, type JsonRecord } from '../../../core/json.js'
import { arrayAt, textAt } from '../../shared/json.js'
import { redactName } from '../../shared/redaction.js'
import { nameOf, type Subject } from '../../shared/subject.js'
import { readToolInput, type TakenIds, takeId } from '../../shared/toolCalls.js'
import type { ToolNames } from '../../shared/toolSchema.js'
import { keep } from '../state.js'
import { createPartialArguments, type PartialArguments } from './partialArguments.js'

export interface CallReaderOptions {
  readonly subject: Subject
  /** The id that reasoning state is bound to. */
  readonly model: string
  readonly names: ToolNames
  /** Ids of calls that are taken. */
  readonly callIds: TakenIds
}

export interface CallReader {
  /** A call as it stands in a part, or a piece of one that comes in several. */
  read(call: JsonRecord, signature: string | undefined): Iterable<ResponsePart>
  /** Calls that are whole. */
  calls(): number
  /** The error of a call whose arguments are not whole, or no JSON object. */
  broken(): unknown
}

interface OpenCall {
  readonly name: string
  readonly id: string | undefined
  signature: string | undefined
  readonly pieces: PartialArguments
  /** Arguments that came in one. */
  whole: unknown
}

export function createCallReader(options: CallReaderOptions): CallReader {
  const { subject, names, callIds, model } = options
  let open: OpenCall | undefined
  let broken: unknown
  let calls = 0

  const fail = (name: string | undefined): void => {
    broken ??= brokenCall(subject, name ?? '')
    open = undefined
  }

  function* close(call: OpenCall): Iterable<ResponsePart> {
    open = undefined
    const name = names.fromWire(call.name)
    let input: JsonRecord
    try {
      input = call.whole === undefined ? call.pieces.whole() : readToolInput(subject, name, call.whole)
    } catch (thrown) {
      broken ??= thrown
      return
    }
    const callId = takeId(call.id, callIds)
    if (call.signature !== undefined)
      yield keep({ callId, signature: call.signature }, { api: 'generateContent', model })
    calls += 1
    yield { type: 'toolCall', callId, name, input }
  }

  function begin(wire: JsonRecord, signature: string | undefined): OpenCall | undefined {
    const name = textAt(wire, 'name')
    // A call that begins before another one has ended.
    if (open !== undefined && name !== undefined && name !== open.name) fail(open.name)
    if (open !== undefined || name === undefined) return open
    return { name, id: textAt(wire, 'id'), signature, pieces: createPartialArguments(), whole: undefined }
  }

  return {
    *read(wire, signature) {
      const pieces = arrayAt(wire, 'partialArgs')
      const call = begin(wire, signature)
      if (call === undefined) {
        if (pieces.length > 0) fail(undefined)
        return
      }
      open = call
      call.signature ??= signature
      call.whole = wholeArguments(wire) ?? call.whole
      if (!call.pieces.add(pieces)) fail(call.name)
      else if (wire['willContinue'] !== true) yield* close(call)
    },
    calls: () => calls,
    broken: () => broken ?? (open === undefined ? undefined : brokenCall(subject, names.fromWire(open.name))),
  }
}

/** An empty object beside pieces says nothing. */
function wholeArguments({ args }: JsonRecord): unknown {
  if (args === null) return undefined
  return isRecord(args) && Object.keys(args).length === 0 ? undefined : args
}

function brokenCall(subject: Subject, name: string): ModelError {
  const tool = name === '' ? 'a tool' : `the tool “${redactName(name, subject.secrets())}”`
  return new ModelError({
    code: 'provider-error',
    message: `${nameOf(subject)} sent a call of ${tool} whose arguments are not whole, and it was not run. Try again, or choose another model.`,
    provider: subject.provider,
    retryable: true,
    model: subject.model,
  })
}
