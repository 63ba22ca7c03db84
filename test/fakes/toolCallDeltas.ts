import { createRandom } from './seededRandom.js'

/** What a model meant to call. */
interface MeantCall {
  readonly name: string
  readonly input: Readonly<Record<string, unknown>>
}

/** How a server numbers its calls, and how it cuts them. */
interface Manner {
  readonly index: 'own' | 'text' | 'fromOne' | 'zero' | 'none' | 'null' | 'firstOnly' | 'counting'
  readonly id: 'first' | 'every' | 'none' | 'empty' | 'shared' | 'sharedEvery' | 'rotating'
  readonly name: 'first' | 'every' | 'pieces'
  readonly cut: 'whole' | 'object' | 'head' | 'pieces' | 'headAndPieces' | 'objectBehind'
  readonly order: 'one by one' | 'mixed'
  /** An input without members is no text at all. */
  readonly saysNothing: boolean
}

export interface Case {
  readonly calls: readonly MeantCall[]
  readonly manner: Manner
  /** Entries of `delta.tool_calls`, each in a delta of its own. */
  readonly deltas: readonly object[]
}

export const tools = ['read', 'read_file', 'write', 'a-b'].map((name) => ({ name, description: '' }))

const inputs: readonly MeantCall['input'][] = [
  {},
  { city: 'Zürich' },
  { list: [{}, [{}], {}] },
  { text: '{"x":"}"}\\' },
  { deep: { deeper: { '{}': null } } },
  { list: [] },
]

const manners = {
  index: ['own', 'text', 'fromOne', 'zero', 'none', 'null', 'firstOnly', 'counting'],
  id: ['first', 'every', 'none', 'empty', 'shared', 'sharedEvery', 'rotating'],
  name: ['first', 'every', 'pieces'],
  cut: ['whole', 'object', 'head', 'pieces', 'headAndPieces', 'objectBehind'],
  order: ['one by one', 'mixed'],
} as const satisfies { [Key in Exclude<keyof Manner, 'saysNothing'>]: readonly Manner[Key][] }

/** One to four calls, numbered and cut in one of all the ways; the same for the same seed. */
export function createCase(seed: number): Case {
  const random = createRandom(Math.imul(seed + 1, 2_654_435_761))
  for (let warm = 0; warm < 4; warm++) random()
  const below = (count: number): number => Math.floor(random() * count)
  const pick = <T>(from: readonly [T, ...T[]]): T => from[below(from.length)] ?? from[0]
  const manner = sensible({
    index: pick(manners.index),
    id: pick(manners.id),
    name: pick(manners.name),
    cut: pick(manners.cut),
    order: pick(manners.order),
    saysNothing: below(4) === 0,
  })
  const calls = Array.from({ length: 1 + below(4) }, () => ({
    name: tools[below(tools.length)]?.name ?? '',
    input: inputs[below(inputs.length)] ?? {},
  }))
  const queues = calls.map((call, at) => deltasOf(call, { at, manner, below }))
  return {
    calls,
    manner,
    deltas: inOrder(queues, manner, below).map((delta, at) => numbered(delta, manner, at)),
  }
}

/**
 * Without what no reader could notice: deltas numbered in place of calls that have no id; calls told in turns under ids
 * that change all the time; one id and no index for all calls, where none begins visibly.
 */
function sensible(manner: Manner): Manner {
  const { index, id, name, order } = manner
  const isShared = id === 'shared' || id === 'sharedEvery'
  const isNumbered = index === 'own' || index === 'text' || index === 'fromOne'
  if (index === 'counting' && id !== 'every') return { ...manner, index: 'own' }
  if (id === 'rotating' && order === 'mixed' && !isNumbered) return { ...manner, index: 'own' }
  if (!isShared || isNumbered) return manner
  const hasEnds = name === 'first' || order === 'one by one'
  return hasEnds ? { ...manner, saysNothing: false } : { ...manner, index: 'own' }
}

interface Making {
  readonly at: number
  readonly manner: Manner
  readonly below: (count: number) => number
}

interface Piece {
  readonly name?: string
  readonly input?: unknown
}

function deltasOf(call: MeantCall, making: Making): object[] {
  const { at, manner } = making
  return piecesOf(call, making).map(({ name, input }, turn) => ({
    ...indexOf(at, turn, manner),
    ...idOf(at, turn, manner),
    type: 'function',
    function: {
      ...(name === undefined ? {} : { name }),
      ...(input === undefined ? {} : { arguments: input }),
    },
  }))
}

function piecesOf(call: MeantCall, { manner, below }: Making): readonly Piece[] {
  const text = manner.saysNothing && Object.keys(call.input).length === 0 ? '' : JSON.stringify(call.input)
  const chopped = chop(text, below)
  const bodies: Readonly<Record<Manner['cut'], readonly unknown[]>> = {
    whole: [text],
    object: [call.input],
    head: ['', text],
    pieces: chopped.length === 0 ? [''] : chopped,
    headAndPieces: ['', ...chopped],
    objectBehind: [...chopped, call.input],
  }
  const [first, ...rest] = bodies[manner.cut]
  const half = Math.ceil(call.name.length / 2)
  if (manner.name === 'pieces')
    return [
      { name: call.name.slice(0, half) },
      { name: call.name.slice(half), input: first },
      ...rest.map((input) => ({ input })),
    ]
  const again = manner.name === 'every' ? { name: call.name } : {}
  return [{ name: call.name, input: first }, ...rest.map((input) => ({ ...again, input }))]
}

function chop(text: string, below: Making['below']): string[] {
  const pieces: string[] = []
  for (let from = 0; from < text.length; ) {
    const size = 1 + below(6)
    pieces.push(text.slice(from, from + size))
    from += size
  }
  return pieces
}

function indexOf(at: number, turn: number, { index }: Manner): object {
  if (index === 'none' || (index === 'firstOnly' && turn > 0)) return {}
  if (index === 'null') return { index: null }
  if (index === 'zero') return { index: 0 }
  if (index === 'text') return { index: String(at) }
  return { index: index === 'fromOne' ? at + 1 : at }
}

function idOf(at: number, turn: number, { id }: Manner): object {
  if (id === 'none') return {}
  if (id === 'empty') return { id: '' }
  if (id === 'rotating') return { id: `call-${at}-${turn}` }
  if (turn > 0 && (id === 'first' || id === 'shared')) return {}
  return { id: id === 'shared' || id === 'sharedEvery' ? 'call-x' : `call-${at}` }
}

/** A server may number its deltas in place of its calls. */
function numbered(delta: object, { index }: Manner, at: number): object {
  return index === 'counting' ? { ...delta, index: at } : delta
}

function inOrder(queues: readonly object[][], { order }: Manner, below: Making['below']): readonly object[] {
  if (order === 'one by one') return queues.flat()
  const mixed: object[] = []
  for (;;) {
    const open = queues.filter((queue) => queue.length > 0)
    const next = open[below(open.length)]?.shift()
    if (next === undefined) return mixed
    mixed.push(next)
  }
}

/** Manners that real servers have, and that say enough: the calls must come out as they were meant. */
export function isCertain({ manner, calls }: Case): boolean {
  const { index, id, name, cut, order } = manner
  const isNumbered = index === 'own' || index === 'text' || index === 'fromOne'
  const isSilent = manner.saysNothing && calls.some(({ input }) => Object.keys(input).length === 0)
  const isAtOnce = cut === 'whole' || cut === 'object'
  if (cut === 'objectBehind' || name === 'pieces' || index === 'counting') return false
  if (id === 'shared' || id === 'sharedEvery') return false
  if (id === 'rotating') return isNumbered && name === 'first' && !isSilent
  const hasIds = id === 'first' || id === 'every'
  if (isNumbered) return name === 'first' || isAtOnce || hasIds || (calls.length > 1 && !isSilent)
  if (isSilent) return false
  return isAtOnce || (order === 'one by one' && (name === 'first' || hasIds))
}
