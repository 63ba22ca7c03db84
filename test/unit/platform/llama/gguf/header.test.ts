import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { makeTinyGguf } from '../../../../../scripts/tiny-gguf.mjs'
import { companionOf } from '../../../../../src/platform/llama/gguf/companion.js'
import { readHeader } from '../../../../../src/platform/llama/gguf/header.js'
import type { HeaderSource } from '../../../../../src/platform/llama/gguf/headerBytes.js'
import { isMalformed } from '../../../../../src/platform/llama/gguf/malformed.js'
import type { GgufHeader } from '../../../../../src/platform/llama/gguf/reading.js'
import { faultCounts, faultSeed } from '../../../../fakes/faultCounts.js'
import { encodeGguf, type GgufParts, smallModel, smallTensor } from '../../../../fakes/ggufFiles.js'
import { mutateGguf, upTo } from '../../../../fakes/ggufMutants.js'
import { readPlainly } from '../../../../fakes/plainGguf.js'
import { createRandom } from '../../../../fakes/seededRandom.js'

const ignore = (): void => {}

interface Watched extends HeaderSource {
  readonly bytesRead: () => number
}

function sourceOf(bytes: Uint8Array, size = bytes.length): Watched {
  let bytesRead = 0
  return {
    size,
    bytesRead: () => bytesRead,
    async read(into, position) {
      const piece = bytes.subarray(position, position + into.length)
      into.set(piece)
      bytesRead += piece.length
      return piece.length
    },
  }
}

const read = async (bytes: Uint8Array) => await readHeader(sourceOf(bytes), ignore)

describe('the header of a GGUF file', () => {
  it('is read with its values, the lengths of its lists and the place of its tensors', async () => {
    const header = await read(
      encodeGguf(
        smallModel([
          ['llama.context_length', 'u32', 4096],
          ['split.count', 'u16', 3],
          ['a.flag', 'bool', true],
          ['a.big', 'u64', 7],
          ['tokenizer.ggml.tokens', ['text'], ['a', 'bc', '']],
          ['tokenizer.ggml.scores', ['f32'], [1, 2]],
        ]),
      ),
    )
    assert.deepEqual(Object.fromEntries(header.values), {
      'general.architecture': 'llama',
      'llama.context_length': 4096,
      'split.count': 3,
      'a.flag': true,
      'a.big': 7n,
    })
    assert.deepEqual(Object.fromEntries(header.lists), {
      'tokenizer.ggml.tokens': 3,
      'tokenizer.ggml.scores': 2,
    })
    assert.deepEqual([header.version, header.tensorCount, header.dataBytes], [3, 1, 128])
    assert.equal(header.dataStart % 32, 0)
  })

  it('is read of every kind of model that the tests of the engine load', async () => {
    for (const options of [
      { kind: 'script', reply: 'one two' },
      { kind: 'random' },
      { kind: 'embedding' },
      { kind: 'reranking' },
    ] as const) {
      const { values, tensorCount } = await read(makeTinyGguf(options))
      assert.equal(typeof values.get('general.architecture'), 'string')
      assert.ok(tensorCount > 3)
    }
  })

  it('is read without the tensors, and without the entries of its lists', async () => {
    const tensor = { name: 'w', dims: [1024, 1024, 8], bytes: new Uint8Array(32 * 1024 * 1024) }
    const bytes = encodeGguf(
      smallModel([['a.list', ['u8'], Array.from({ length: 4096 }, () => 0)]], [tensor]),
    )
    const source = sourceOf(bytes)
    await readHeader(source, ignore)
    assert.ok(source.bytesRead() <= 1024 * 1024, `${source.bytesRead()} bytes were read`)
  })

  const huge = 2n ** 63n
  const refused: readonly (readonly [string, GgufParts | Buffer, RegExp])[] = [
    ['another file', Buffer.from('PK and so on, which is long enough to be looked at'), /not a GGUF file/],
    ['version 1', { version: 1 }, /version is 1/],
    ['a version of the future', { version: 4 }, /version is 4/],
    ['a big-endian version', { version: 0x03000000 }, /another byte order/],
    ['more entries than bytes', { entryCount: 5 }, /more entries than it can hold/],
    ['a count of entries that no number holds', { entryCount: huge }, /a length that no file has/],
    ['more tensors than bytes', { tensorCount: 90_000 }, /more entries than it can hold/],
    ['a hundred million tensors', { tensorCount: 100_000_000 }, /more entries than it can hold/],
    ['a key twice', smallModel([['general.architecture', 'text', 'b']]), /a key stands in its header twice/],
    ['no key', smallModel([['', 'u8', 1]]), /no usable length/],
    ['an alignment of 0', smallModel([['general.alignment', 'u32', 0]]), /alignment/],
    ['an alignment that is no power', smallModel([['general.alignment', 'u32', 24]]), /alignment/],
    ['an alignment that wraps', smallModel([['general.alignment', 'u32', 0x80000000]]), /alignment/],
    ['an alignment in words', smallModel([['general.alignment', 'text', '32']]), /alignment/],
    ['a tensor twice', smallModel([], [smallTensor, smallTensor]), /twice/],
    ['a long name', smallModel([], [{ ...smallTensor, name: 'n'.repeat(64) }]), /no usable name/],
    ['five dimensions', smallModel([], [{ ...smallTensor, dims: [1, 1, 1, 1, 1] }]), /too many dimensions/],
    [
      'dimensions that overflow',
      smallModel([], [{ ...smallTensor, dims: [2 ** 40, 2 ** 40] }]),
      /larger than any/,
    ],
    ['a removed type', smallModel([], [{ ...smallTensor, type: 4 }]), /unknown type/],
    ['a type of the future', smallModel([], [{ ...smallTensor, type: 99 }]), /unknown type/],
    ['half a block', smallModel([], [{ ...smallTensor, type: 8 }]), /no whole blocks/],
    ['a gap between tensors', smallModel([], [{ ...smallTensor, offset: 32 }]), /do not follow/],
    [
      'tensors that overlap',
      smallModel([], [smallTensor, { ...smallTensor, name: 'b', offset: 0 }]),
      /do not follow/,
    ],
    ['an offset that wraps', smallModel([], [{ ...smallTensor, offset: 2 ** 52 }]), /do not follow/],
    [
      'fewer bytes than its tensors',
      smallModel([], [{ ...smallTensor, dims: [4, 80] }]),
      /128 of its 1280 bytes/,
    ],
  ]
  for (const [what, parts, message] of refused) {
    it(`is refused with ${what}`, async () => {
      await assert.rejects(read(Buffer.isBuffer(parts) ? parts : encodeGguf(parts)), message)
    })
  }

  it('is refused wherever the file is cut', async () => {
    const bytes = encodeGguf(smallModel([['tokenizer.ggml.tokens', ['text'], ['a', 'bc', 'd']]]))
    for (let length = 0; length < bytes.length; length++)
      await assert.rejects(
        read(bytes.subarray(0, length)),
        { message: /not a GGUF|ends in|more entries|longer|incomplete|too/ },
        `${length}`,
      )
  })

  it('is refused where the file becomes shorter while it is read', async () => {
    const bytes = encodeGguf(smallModel())
    await assert.rejects(readHeader(sourceOf(bytes.subarray(0, 40), bytes.length), ignore), /ends in/)
  })

  it('is given up as soon as its reader has no time left', async () => {
    let left = 3
    const tick = (): void => {
      if (--left < 0) throw new Error('enough')
    }
    const tokens = Array.from({ length: 9_000 }, () => 'x')
    const bytes = encodeGguf(smallModel([['tokenizer.ggml.tokens', ['text'], tokens]]))
    await assert.rejects(readHeader(sourceOf(bytes), tick), /enough/)
  })
})

/** Small files, so that what is changed is mostly what is read. */
const originals: readonly Buffer[] = [
  encodeGguf(
    smallModel([
      ['general.alignment', 'u32', 32],
      ['split.no', 'u16', 0],
      ['split.count', 'u16', 2],
      ['llama.context_length', 'u32', 4096],
      ['a.size', 'u64', 12],
      ['tokenizer.ggml.tokens', ['text'], ['one', 'two', '']],
      ['tokenizer.ggml.scores', ['f32'], [0, 1, 2]],
    ]),
  ),
  makeTinyGguf({ kind: 'script', reply: 'one two' }),
  makeTinyGguf({ kind: 'embedding' }),
]

describe('mutants of GGUF files', () => {
  it(`are read as they are or refused, within two seconds and without being held in memory (seed ${faultSeed})`, async function () {
    this.timeout(30 * 60_000)
    const random = createRandom(faultSeed)
    const seen = new Set<string>()
    const headers = await Promise.all(
      originals.map(async (bytes) => (await attempt(bytes)).header?.dataStart ?? 0),
    )
    let accepted = 0
    for (let count = 0; count < faultCounts.ggufMutants; count++) {
      const which = upTo(random, originals.length)
      const original = originals[which] ?? Buffer.alloc(0)
      const mutant = mutateGguf(original, random, headers[which] ?? 0)
      seen.add(createHash('sha1').update(mutant).digest('base64'))
      const outcome = await attempt(mutant)
      const told = `mutant ${count} of seed ${faultSeed}: ${outcome.refusal ?? 'accepted'}`
      assert.ok(outcome.bytesRead <= mutant.length + 3 * 1024 * 1024, told)
      const plain = readPlainly(mutant)
      if (outcome.header === undefined) continue
      accepted++
      assert.ok(plain !== undefined, `${told}, though its lengths do not fit`)
      assert.deepEqual(Object.fromEntries(outcome.header.values), plain.values, told)
      assert.deepEqual(Object.fromEntries(outcome.header.lists), plain.lists, told)
      assert.equal(outcome.header.tensorCount, plain.tensorCount, told)
      assert.ok(outcome.header.dataStart + outcome.header.dataBytes <= mutant.length, told)
      companionOf(outcome.header)
    }
    assert.ok(seen.size > faultCounts.ggufMutants * 0.9, `only ${seen.size} were different`)
    assert.ok(accepted > 0 && accepted < faultCounts.ggufMutants, `${accepted} were accepted`)
  })
})

interface Outcome {
  readonly header?: GgufHeader
  readonly refusal?: string
  readonly bytesRead: number
}

async function attempt(bytes: Buffer): Promise<Outcome> {
  let bytesRead = 0
  const began = performance.now()
  const source = {
    size: bytes.length,
    async read(into: Uint8Array, position: number): Promise<number> {
      const piece = bytes.subarray(position, position + into.length)
      into.set(piece)
      bytesRead += piece.length
      return piece.length
    },
  }
  const tick = (): void => assert.ok(performance.now() - began < 2_000, 'it took more than two seconds')
  try {
    return { header: await readHeader(source, tick), bytesRead }
  } catch (error) {
    if (!isMalformed(error)) throw error
    return { refusal: error.message, bytesRead }
  }
}
