import { parseJson } from '../../core/json.js'
import { createJsonText, isBlank } from './jsonText.js'
import {
  type CallScope,
  hasNoInput,
  hasRotated,
  isEmptyInput,
  isWhole,
  type OpenCall,
  type OpenCalls,
  rotatesIds,
  type ToolCallFragment,
} from './openCalls.js'

/**
 * Where a fragment of a tool call belongs. `repeated` may begin a call, or repeat the name of the last one; one with a
 * `doubt` goes on with a call of its name, and may be another; `nowhere` says nothing; `unclear` may belong to several calls.
 */
export type Place =
  | { readonly kind: 'known'; readonly call: OpenCall; readonly doubt?: OpenCall['doubt'] }
  | { readonly kind: 'new' | 'repeated' | 'nowhere' | 'unclear' }

const fresh: Place = { kind: 'new' }
const repeated: Place = { kind: 'repeated' }
const nowhere: Place = { kind: 'nowhere' }
const unclear: Place = { kind: 'unclear' }

function known(call: OpenCall): Place {
  return { kind: 'known', call }
}

/**
 * Servers number calls by an index, by an id, by both, or not at all, and some say so in the first delta of a call alone.
 * An index that several calls have tells them apart no more than none; then ids do, names, and where the JSON of the one
 * before has ended.
 */
export function placeOf(fragment: ToolCallFragment, calls: OpenCalls): Place {
  const scope = calls.scopeOf(fragment.index)
  if (fragment.id !== undefined) return placeById(fragment, fragment.id, { scope, all: calls.all })
  if (scope.last === undefined) return isNothing(fragment) ? nowhere : fresh
  return fragment.name === undefined ? goOn(scope, fragment) : nameAgain(scope, scope.last, fragment)
}

/** Neither a name nor an input, nor anything beside them. */
function isNothing({ name, input, beside }: ToolCallFragment): boolean {
  return name === undefined && beside === undefined && isEmptyInput(input)
}

function differs({ name }: ToolCallFragment, call: OpenCall): boolean {
  return name !== undefined && name !== call.name.value()
}

interface Scopes {
  readonly scope: CallScope
  readonly all: CallScope
}

function placeById(fragment: ToolCallFragment, id: string, { scope, all }: Scopes): Place {
  const found = owner(id, fragment, scope)
  if (found === 'several') return unclear
  if (found !== undefined) return placeByKnownId(fragment, found)
  const elsewhere = owner(id, fragment, all)
  if (elsewhere === 'several') return unclear
  if (elsewhere !== undefined) return placeByOtherIndex(fragment, elsewhere, scope)
  if (scope.last === undefined) return fresh
  return fragment.name === undefined ? placeUnnamed(fragment, scope) : placeNamed(fragment, scope.last)
}

/** The newest call of an id; without a name, the only one of its calls that is not whole. */
function owner(
  id: string,
  { name }: ToolCallFragment,
  { byId, shared, incomplete }: CallScope,
): OpenCall | 'several' | undefined {
  if (name !== undefined || !shared.has(id)) return byId.get(id)
  const [call, ...others] = [...incomplete].filter((each) => each.ids.has(id))
  return others.length > 0 ? 'several' : (call ?? byId.get(id))
}

/** Another whole input under the same id is another call; the same one, as an object behind its text, is not. */
function placeByKnownId(fragment: ToolCallFragment, call: OpenCall): Place {
  if (hasRotated(call)) return unclear
  if (differs(fragment, call)) return isWhole(call) ? fresh : known(call)
  if (fragment.name !== undefined && call.unnamed + call.unnumbered > 0) return fresh
  if (call.unnumbered > 0) return unclear
  if (restates(fragment, call)) return nowhere
  const isOther = fragment.name !== undefined && isWhole(call) && !isEmptyInput(fragment.input)
  return isOther ? fresh : known(call)
}

/** The id of a call that has another index, or none. */
function placeByOtherIndex(fragment: ToolCallFragment, call: OpenCall, scope: CallScope): Place {
  if (call.index === undefined) return placeByKnownId(fragment, call)
  if (scope.last !== undefined) return unclear
  if (fragment.name !== undefined) return isRestOfName(fragment, call) ? known(call) : fresh
  if (!isWhole(call)) return hasRotated(call) ? unclear : known(call)
  return isEmptyInput(fragment.input) ? nowhere : unclear
}

/** An id that no call has, without a name: of a proxy that gives every delta another, or one that came late. */
function placeUnnamed(fragment: ToolCallFragment, { incomplete }: CallScope): Place {
  const [call] = incomplete
  const isAlone = incomplete.size === 1
  if (isAlone && call !== undefined && call.id === undefined) return known(call)
  if (isNothing(fragment)) return nowhere
  return isAlone && call !== undefined && rotatesIds(call) ? known(call) : unclear
}

/** An id that no call has, with a name: another call, or a proxy that gives every delta another id. */
function placeNamed(fragment: ToolCallFragment, last: OpenCall): Place {
  if (isWhole(last)) return fresh
  if (differs(fragment, last)) return isRestOfName(fragment, last) && rotatesIds(last) ? known(last) : fresh
  if (last.id === undefined || hasNoInput(last)) return unclear
  return rotatesIds(last) ? { kind: 'known', call: last, doubt: doubtOf(fragment) } : fresh
}

function isRestOfName({ name }: ToolCallFragment, call: OpenCall): boolean {
  return name !== undefined && hasNoInput(call) && call.name.goesOn(name)
}

/** Neither an id nor a name. */
function goOn({ incomplete, calls, last }: CallScope, fragment: ToolCallFragment): Place {
  if (isEmptyInput(fragment.input))
    return fragment.beside === undefined || last === undefined ? nowhere : known(last)
  const [call = calls.length === 1 ? last : undefined] = incomplete
  if (call === undefined || incomplete.size > 1 || hasRotated(call)) return unclear
  return restates(fragment, call) ? nowhere : known(call)
}

/** A name, and no id. */
function nameAgain(scope: CallScope, last: OpenCall, fragment: ToolCallFragment): Place {
  const isEmpty = isEmptyInput(fragment.input)
  const same = [last, ...scope.incomplete].find((call) => !isWhole(call) && !differs(fragment, call))
  if (same !== undefined) return placeByName(same, scope, fragment)
  if (isWhole(last)) {
    if (restates(fragment, last)) return nowhere
    if (!isEmpty || differs(fragment, last)) return fresh
    return last.id === undefined ? repeated : nowhere
  }
  if (!hasNoInput(last)) return fresh
  if (isRestOfName(fragment, last)) return known(last)
  // Where calls have ids, another one would bring its own.
  return last.id === undefined ? fresh : known(last)
}

/** Where calls have no ids, a name may be told again, or be that of another call of the same tool. */
function placeByName(call: OpenCall, { incomplete }: CallScope, fragment: ToolCallFragment): Place {
  if (hasRotated(call)) return unclear
  const others = [...incomplete].filter((each) => each.name.value() === call.name.value())
  if (others.length > 1) return unclear
  if (call.unnamed > 0) return fresh
  if (call.id !== undefined) return known(call)
  return { kind: 'known', call, doubt: hasNoInput(call) ? 'always' : doubtOf(fragment) }
}

/** Whether the input of a fragment may be another call's own, or the beginning of it. */
function doubtOf({ input }: ToolCallFragment): OpenCall['doubt'] {
  if (typeof input !== 'string' || isBlank(input)) return 'always'
  if (!input.trimStart().startsWith('{')) return 'none'
  const json = createJsonText()
  json.add(input)
  return json.progress() === 'whole' ? 'always' : 'amongOthers'
}

/** Some servers send the input as an object behind its text. */
function restates({ input }: ToolCallFragment, call: OpenCall): boolean {
  if (typeof input === 'string' || isEmptyInput(input) || call.json.progress() !== 'whole') return false
  return JSON.stringify(input) === JSON.stringify(parseJson(call.text))
}
