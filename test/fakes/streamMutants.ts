/** Changes that a faulty or hostile server makes to a stream: to its bytes, and inside the JSON that it is made of. */
type Random = () => number

const upTo = (random: Random, count: number): number => Math.floor(random() * count)

function pick<T>(random: Random, values: readonly [T, ...T[]]): T {
  return values[upTo(random, values.length)] ?? values[0]
}

/** One to eight places changed. */
export function mutateStream(bytes: Uint8Array, random: Random): Uint8Array {
  let mutant = bytes
  const isOfJson = random() < 0.5
  for (let left = 1 + upTo(random, isOfJson ? 4 : 8); left > 0; left--)
    mutant = isOfJson ? mutateJson(mutant, random) : mutateBytes(mutant, random)
  return mutant
}

function mutateBytes(bytes: Uint8Array, random: Random): Uint8Array {
  const at = upTo(random, bytes.length)
  const length = 1 + upTo(random, 30)
  const kind = upTo(random, 4)
  if (kind === 2) return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + length)])
  if (kind === 3) return Buffer.concat([bytes.subarray(0, at + length), bytes.subarray(at)])
  const mutant = Uint8Array.from(bytes)
  const signs = '{}[]",:\n\0x'
  mutant[at] = kind === 0 ? signs.charCodeAt(upTo(random, signs.length)) : upTo(random, 256)
  return mutant
}

/** Stands for what cannot be written as a value, until its text takes its place. */
const placeholder = '@@mutant@@'

/** Any place of a document: what holds it, and under which name. */
interface Place {
  readonly holder: object
  readonly name: string
  readonly value: unknown
}

/** One place of one of its documents changed; as it is if it has none. */
function mutateJson(bytes: Uint8Array, random: Random): Uint8Array {
  const lines = Buffer.from(bytes).toString('utf8').split('\n')
  const documents = lines.flatMap((line, index) => {
    const [, before = '', text = ''] = /^((?:data: ?)?)([[{].*)$/.exec(line.trimEnd()) ?? []
    const document = parsed(text)
    return document === undefined ? [] : [{ index, before, document }]
  })
  const chosen = documents[upTo(random, documents.length)]
  if (chosen === undefined) return bytes
  lines[chosen.index] = chosen.before + mutateDocument(chosen.document, random)
  return Buffer.from(lines.join('\n'))
}

function parsed(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? value : undefined
  } catch {
    return undefined
  }
}

function mutateDocument(document: object, random: Random): string {
  const places = placesIn(document)
  const place = places[upTo(random, places.length)]
  if (place === undefined) return '{}'
  const text = pick(random, changes)(place, random)
  if (text === undefined) return JSON.stringify(document)
  // By a function: a text may hold what `replace` would read as a pattern.
  Object.defineProperty(place.holder, place.name, { value: placeholder, enumerable: true })
  return JSON.stringify(document).replace(JSON.stringify(placeholder), () => text)
}

/** Without recursion: an earlier change may have nested a document deeply. */
function placesIn(document: object): readonly Place[] {
  const places: Place[] = []
  const holders = [document]
  for (let holder = holders.pop(); holder !== undefined; holder = holders.pop()) {
    for (const [name, value] of Object.entries(holder)) {
      places.push({ holder, name, value })
      if (typeof value === 'object' && value !== null) holders.push(value)
    }
  }
  return places
}

/** The text that takes the place's; undefined where the change is made already. */
type Change = (place: Place, random: Random) => string | undefined

const extremes: readonly [string, ...string[]] = [
  '-1',
  '-0',
  '0.1',
  '4294967296',
  '9007199254740993',
  '-9007199254740993',
  '1e12',
  '1e400',
  '-1e400',
  `1${'0'.repeat(400)}`,
  '1e-400',
]

const otherTypes: readonly [string, ...string[]] = [
  'null',
  'true',
  'false',
  '0',
  '1',
  '""',
  '"0"',
  '"x"',
  '"__proto__"',
  String.raw`"\ud800"`,
  String.raw`"\u0000\u202e"`,
  '[]',
  '[null]',
  '[[]]',
  '{}',
  '{"":null}',
  '{"__proto__":{"type":"text"},"constructor":1,"toString":2,"length":-1}',
]

const changes: readonly [Change, ...Change[]] = [
  (_place, random) => pick(random, otherTypes),
  (_place, random) => pick(random, extremes),
  ({ value }, random) =>
    nested(JSON.stringify(value), pick(random, [1, 2, 50, 199, 200, 201, 1_000]), random),
  ({ holder, name }) => {
    if (Array.isArray(holder)) holder.splice(Number(name), 1)
    else Reflect.deleteProperty(holder, name)
    return undefined
  },
  // A name, or an element, that comes twice, the second time with another value or with the same.
  ({ holder, name, value }, random) => {
    const own = JSON.stringify(value)
    const other = random() < 0.5 ? own : pick(random, otherTypes)
    const second = Array.isArray(holder) ? other : `${JSON.stringify(name)}:${other}`
    return `${own},${second}`
  },
  ({ holder, name, value }, random) => {
    const others = placesIn(holder).filter((other) => other.name !== name)
    const other = others[upTo(random, others.length)]
    return JSON.stringify(other === undefined ? [value, value] : other.value)
  },
  ({ value }, random) => JSON.stringify(`${typeof value === 'string' ? value : ''}${longText(random)}`),
  ({ value }) => JSON.stringify(JSON.stringify(value)),
]

function nested(text: string, depth: number, random: Random): string {
  const [open, close] = random() < 0.5 ? ['[', ']'] : ['{"a":', '}']
  return open.repeat(depth) + text + close.repeat(depth)
}

function longText(random: Random): string {
  return pick(random, ['a', '\n', '"', '\\', '😀', '\u0000']).repeat(1 + upTo(random, 2_000))
}
