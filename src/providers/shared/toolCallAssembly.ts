import type { ToolCallPart } from '../../core/chat.js'
import { parseJson } from '../../core/json.js'
import type { BesideCall } from './besideCall.js'
import {
  createOpenCalls,
  hasNoInput,
  hasRotated,
  isWhole,
  type OpenCall,
  type ToolCallFragment,
} from './openCalls.js'
import type { Subject } from './subject.js'
import { type Place, placeOf } from './toolCallPlace.js'
import { parseToolInput, readToolInput, type TakenIds, takeId, unclearCalls } from './toolCalls.js'
import type { OfferedTools } from './toolName.js'

interface AssembledCall {
  readonly call: ToolCallPart
  readonly beside?: BesideCall
}

interface AssembledCalls {
  /** In the order in which they began, each with an id of its own. */
  readonly calls: readonly AssembledCall[]
  /** The ModelError of a call that is none, or of calls that cannot be told apart. */
  readonly broken?: unknown
}

export interface ToolCallAssembly {
  /** Throws ModelError `provider-error` where there are more calls, or longer ones, than one answer may hold. */
  add(fragment: ToolCallFragment): void
  /** `wasCut` where a limit ended the answer: half a call is then none, and no fault. */
  finish(wasCut: boolean): AssembledCalls
}

export interface AssemblyOptions {
  readonly subject: Subject
  readonly tools: OfferedTools
  /** Ids of the conversation's calls. */
  readonly taken: TakenIds
}

/** Puts the calls of one answer together. What cannot be told apart is refused, and none of it is a call. */
export function createToolCallAssembly(options: AssemblyOptions): ToolCallAssembly {
  const { subject, tools } = options
  const open = createOpenCalls(subject, tools)
  let isUnclear = false

  const callAt = (place: Place, fragment: ToolCallFragment): OpenCall => {
    if (place.kind !== 'known') return open.open(fragment, place.kind === 'repeated')
    const { call, doubt = 'none' } = place
    if (doubt === 'always' || call.doubt === 'none') call.doubt = doubt
    return call
  }

  return {
    add(fragment) {
      if (isUnclear) return
      const place = placeOf(fragment, open)
      if (place.kind === 'nowhere') return
      isUnclear = place.kind === 'unclear' || !open.add(callAt(place, fragment), fragment)
    },
    finish(wasCut) {
      const begun = open.all.calls.filter(isSomething)
      const calls = isUnclear ? undefined : certain(begun, tools, wasCut)
      if (calls === undefined) return { calls: [], broken: unclearCalls(subject) }
      const told = read(
        calls.filter((call) => !wasCut || isWhole(call)),
        options,
      )
      // Ids that change all the time tell too little of what else may be broken.
      const isVague = told.broken !== undefined && calls.length > 1 && calls.some(hasRotated)
      return isVague ? { calls: [], broken: unclearCalls(subject) } : told
    },
  }
}

/** The calls without what is none of them; undefined where it is not certain which they are. */
function certain(
  begun: readonly OpenCall[],
  tools: OfferedTools,
  wasCut: boolean,
): readonly OpenCall[] | undefined {
  const isRepeat = (call: OpenCall): boolean => call.isTentative && hasNoInput(call)
  const calls = begun.filter((call) => !isRepeat(call))
  const indexes = new Set(calls.map(({ index }) => index))
  const isNumbered = calls.length > 1 && indexes.size === calls.length && !indexes.has(undefined)
  const ids = new Set(calls.map(({ id }) => id))
  const haveIds = ids.size === calls.length || (ids.size === 1 && ids.has(undefined))
  const isNamed = (call: OpenCall): boolean =>
    begun.length === 1 ? hasName(call) : hasOwnName(call, tools, isNumbered || haveIds)
  const isDoubtful = ({ doubt }: OpenCall): boolean =>
    doubt === 'always' || (doubt === 'amongOthers' && calls.length > 1)
  const isSure = (call: OpenCall): boolean =>
    isNumbered || !(isDoubtful(call) || isRepeat(call)) || tools.needsInput(call.name.value() ?? '')
  const open = calls.filter((call) => !hasNoInput(call) && !isWhole(call))
  const isCertain =
    begun.every((call) => isNamed(call) && isSure(call)) &&
    (isNumbered || !haveSilentTwins(calls)) &&
    (calls.length <= 1 || calls.every(isOneInput)) &&
    !calls.some(({ named, unnamed }) => named > 1 && unnamed > 0) &&
    (open.length <= 1 || (isNumbered && wasCut)) &&
    !haveDoubles(calls)
  return isCertain ? calls : undefined
}

/** Some servers begin a call that they have not. */
function isSomething(call: OpenCall): boolean {
  return call.name.value() !== '' || !hasNoInput(call)
}

/** False where the name may be read in two ways, too. */
function hasName(call: OpenCall): boolean {
  return (call.name.value() ?? '') !== ''
}

/** A tool that was not offered is called by models, too; but its name may as well be a piece of another's. */
function hasOwnName(call: OpenCall, tools: OfferedTools, isApart: boolean): boolean {
  const name = call.name.value() ?? ''
  return hasName(call) && ((isApart && !hasNoInput(call)) || !tools.areOffered() || tools.has(name))
}

/** Whether a call without an input may be the beginning of another one of its tool. */
function haveSilentTwins(calls: readonly OpenCall[]): boolean {
  const silent = new Set(calls.filter(hasNoInput).map(({ name }) => name.value()))
  return calls.some((call) => !hasNoInput(call) && silent.has(call.name.value()))
}

/** Whether it is an input from its beginning, and no piece of another one. */
function isOneInput(call: OpenCall): boolean {
  if (call.whole !== undefined || hasNoInput(call)) return true
  if (call.json.progress() === 'beyond') return false
  return call.text.trimStart().startsWith('{') || isWhole(call)
}

/**
 * Whether calls may be one call: of the same id and tool, and with the same input or without one; or of the same tool and
 * input, once as text and once as an object.
 */
function haveDoubles(calls: readonly OpenCall[]): boolean {
  const inputs = new Map<string, Set<string>>()
  const forms = new Map<string, boolean>()
  for (const call of calls) {
    const isObject = call.whole !== undefined
    const input = hasNoInput(call) ? '' : JSON.stringify(call.whole ?? parseJson(call.text) ?? call.text)
    const key = JSON.stringify([call.name.value(), input])
    if ((forms.get(key) ?? isObject) !== isObject) return true
    forms.set(key, isObject)
    if (call.id === undefined) continue
    const owner = JSON.stringify([call.id, call.name.value()])
    const known = inputs.get(owner) ?? new Set()
    if (known.has(input) || known.has('') || (known.size > 0 && input === '')) return true
    inputs.set(owner, known.add(input))
  }
  return false
}

function read(calls: readonly OpenCall[], { subject, taken }: AssemblyOptions): AssembledCalls {
  const whole: AssembledCall[] = []
  let broken: unknown
  for (const call of calls) {
    const name = call.name.value() ?? ''
    try {
      const input =
        call.whole === undefined
          ? parseToolInput(subject, name, call.text)
          : readToolInput(subject, name, call.whole)
      const beside = call.beside.value()
      const part: ToolCallPart = { type: 'toolCall', callId: takeId(call.id, taken), name, input }
      whole.push(beside === undefined ? { call: part } : { call: part, beside })
    } catch (thrown) {
      broken ??= thrown
    }
  }
  return broken === undefined ? { calls: whole } : { calls: whole, broken }
}
