import { answerLimits, beyondLimit, grow } from './answerLimits.js'
import { type Beside, type BesideCall, createBeside } from './besideCall.js'
import { createJsonText, isBlank, type JsonText } from './jsonText.js'
import type { Subject } from './subject.js'
import { createToolName, type OfferedTools, type ToolName } from './toolName.js'

/** One piece of a tool call; what a server repeats or leaves out is undefined. */
export interface ToolCallFragment {
  /** Which of the parallel calls. */
  readonly index?: number
  readonly id?: string
  readonly name?: string
  /** A piece of JSON text, or the whole input of servers that send an object. */
  readonly input?: unknown
  /** What else the server put beside the call, to go back with it. */
  readonly beside?: BesideCall
}

/** A call as far as it has come. */
export interface OpenCall {
  readonly index: number | undefined
  /** The first id that it came with. */
  id: string | undefined
  /** All of them: some proxies give every delta another. */
  readonly ids: Set<string>
  readonly name: ToolName
  readonly json: JsonText
  text: string
  /** The input, where it came as an object. */
  whole: unknown
  readonly beside: Beside
  fragments: number
  /** Those that brought an input with a name, and without; a server that names calls once begins one with its name. */
  named: number
  unnamed: number
  /** Those that brought an input and no id. */
  unnumbered: number
  /** It may as well be the repeated name of the call before. */
  readonly isTentative: boolean
  /** It may as well be two calls; `amongOthers`: where there are more than one. */
  doubt: 'none' | 'amongOthers' | 'always'
  readonly scopes: readonly CallScope[]
}

/** Calls among which a fragment finds its own: those of one index, or all. */
export interface CallScope {
  readonly calls: OpenCall[]
  /** The newest of each id. */
  readonly byId: Map<string, OpenCall>
  /** Ids that several calls have. */
  readonly shared: Set<string>
  /** Those that an input may still be added to. */
  readonly incomplete: Set<OpenCall>
  /** The one that the newest fragment belongs to. */
  last: OpenCall | undefined
}

export function isEmptyInput(input: unknown): boolean {
  return input === undefined || input === null || (typeof input === 'string' && isBlank(input))
}

export function hasNoInput(call: OpenCall): boolean {
  return call.whole === undefined && call.json.progress() === 'blank'
}

export function isWhole(call: OpenCall): boolean {
  return call.whole !== undefined || call.json.progress() === 'whole' || call.json.progress() === 'beyond'
}

/** Whether every fragment so far came with an id of its own. */
export function rotatesIds(call: OpenCall): boolean {
  return call.ids.size === call.fragments
}

export function hasRotated(call: OpenCall): boolean {
  return call.ids.size > 1
}

function createScope(): CallScope {
  return { calls: [], byId: new Map(), shared: new Set(), incomplete: new Set(), last: undefined }
}

export interface OpenCalls {
  readonly all: CallScope
  /** Of an index, or of all calls where a fragment has none. */
  scopeOf(index: number | undefined): CallScope
  open(fragment: ToolCallFragment, isTentative: boolean): OpenCall
  /** Adds a fragment to its call. False where the call's input was whole already, and this is another. */
  add(call: OpenCall, fragment: ToolCallFragment): boolean
}

/** Throws ModelError `provider-error` where there are more calls, or longer ones, than one answer may hold. */
export function createOpenCalls(subject: Subject, tools: OfferedTools): OpenCalls {
  const all = createScope()
  const byIndex = new Map<number, CallScope>()

  const scopeOf = (index: number | undefined): CallScope =>
    index === undefined ? all : (byIndex.get(index) ?? createScope())

  return {
    all,
    scopeOf,
    open({ index }, isTentative) {
      if (all.calls.length >= answerLimits.calls) throw beyondLimit(subject, 'calls')
      const scope = scopeOf(index)
      if (index !== undefined) byIndex.set(index, scope)
      const scopes = scope === all ? [all] : [all, scope]
      const call = createCall(index, { tools, isTentative, scopes })
      for (const each of scopes) each.calls.push(call)
      return call
    },
    add(call, fragment) {
      call.fragments += 1
      if (!isEmptyInput(fragment.input)) {
        if (fragment.name === undefined) call.unnamed += 1
        else call.named += 1
        if (fragment.id === undefined) call.unnumbered += 1
      }
      if (fragment.name !== undefined) call.name.add(fragment.name)
      if (fragment.id !== undefined) {
        call.id ??= fragment.id
        call.ids.add(fragment.id)
      }
      call.beside.add(fragment.beside, subject)
      const isTaken = addInput(call, fragment.input, subject)
      for (const scope of call.scopes) settle(call, scope, fragment.id)
      return isTaken
    },
  }
}

interface CallStart extends Pick<OpenCall, 'isTentative' | 'scopes'> {
  readonly tools: OfferedTools
}

function createCall(index: number | undefined, { tools, isTentative, scopes }: CallStart): OpenCall {
  return {
    index,
    id: undefined,
    ids: new Set(),
    name: createToolName(tools),
    json: createJsonText(),
    text: '',
    whole: undefined,
    beside: createBeside(),
    fragments: 0,
    named: 0,
    unnamed: 0,
    unnumbered: 0,
    isTentative,
    doubt: 'none',
    scopes,
  }
}

function addInput(call: OpenCall, input: unknown, subject: Subject): boolean {
  if (input === undefined || input === null) return true
  if (typeof input !== 'string') {
    if (call.whole !== undefined || call.text.trim() !== '') return false
    call.whole = input
    return true
  }
  if (call.whole !== undefined) return isBlank(input)
  call.text = grow(call.text, input, subject, 'input')
  call.json.add(input)
  return true
}

function settle(call: OpenCall, scope: CallScope, id: string | undefined): void {
  scope.last = call
  if (id !== undefined) {
    if ((scope.byId.get(id) ?? call) !== call) scope.shared.add(id)
    scope.byId.set(id, call)
  }
  if (isWhole(call)) scope.incomplete.delete(call)
  else scope.incomplete.add(call)
}
