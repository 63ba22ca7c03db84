/** Changes that a fault or an attacker makes to a file, most of them in its header. */
type Random = () => number
type Mutate = (bytes: Buffer, random: Random, header: number) => Buffer

export const upTo = (random: Random, count: number): number => Math.floor(random() * count)
const extremes = [
  0n,
  1n,
  31n,
  2n ** 16n,
  2n ** 31n,
  2n ** 32n - 1n,
  2n ** 32n,
  2n ** 53n,
  2n ** 63n,
  2n ** 64n - 1n,
]

const mutations: readonly Mutate[] = [
  (bytes, random, header) => set(bytes, upTo(random, header), upTo(random, 256)),
  (bytes, random, header) => {
    const at = upTo(random, header)
    return set(bytes, at, (bytes[at] ?? 0) ^ (1 << upTo(random, 8)))
  },
  (bytes, random, header) => {
    const copy = Buffer.from(bytes)
    copy.writeBigUInt64LE(extremes[upTo(random, extremes.length)] ?? 0n, upTo(random, header - 8))
    return copy
  },
  (bytes, random, header) => {
    const copy = Buffer.from(bytes)
    copy.writeUInt32LE(upTo(random, 2 ** 32), upTo(random, header - 4))
    return copy
  },
  (bytes, random) => bytes.subarray(0, upTo(random, bytes.length)),
  (bytes, random, header) => {
    const at = upTo(random, header)
    return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1 + upTo(random, 64))])
  },
  (bytes, random, header) => {
    const at = upTo(random, header)
    const piece = bytes.subarray(at, at + 1 + upTo(random, 200))
    return Buffer.concat([bytes.subarray(0, at), piece, bytes.subarray(at)])
  },
  (bytes, random, header) => {
    const copy = Buffer.from(bytes)
    const length = 1 + upTo(random, 40)
    copy.copy(copy, upTo(random, header - length), upTo(random, header - length), upTo(random, header))
    return copy
  },
]

function set(bytes: Buffer, at: number, value: number): Buffer {
  const copy = Buffer.from(bytes)
  copy[at] = value
  return copy
}

/** A file with up to three changes; `header` is how many of its bytes say what it is. */
export function mutateGguf(original: Buffer, random: Random, header: number): Buffer {
  let mutant = original
  for (let changes = 1 + upTo(random, 3); changes > 0; changes--) {
    const within = Math.min(header, mutant.length)
    // Nothing of it is left to be changed.
    if (within < 64) return mutant
    mutant = mutations[upTo(random, mutations.length)]?.(mutant, random, within) ?? mutant
  }
  return mutant
}
