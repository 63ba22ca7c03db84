import assert from 'node:assert/strict'
import { truncate } from 'node:fs/promises'
import { makeTinyGguf } from '../../../../../scripts/tiny-gguf.mjs'
import { checkGguf } from '../../../../../src/platform/llama/gguf/checkGguf.js'
import {
  type Entry,
  encodeGguf,
  type GgufParts,
  smallModel,
  smallTensor,
} from '../../../../fakes/ggufFiles.js'
import { createTestEngine, failure, sourceProgram, useModelFolder } from '../support.js'

const ofKind = (architecture: string, ...entries: Entry[]): GgufParts => ({
  entries: [['general.architecture', 'text', architecture], ...entries],
  tensors: [smallTensor],
})
const typed = (type: string, ...entries: Entry[]): GgufParts => ({
  entries: [['general.type', 'text', type], ...entries],
  tensors: [smallTensor],
})
const part = (number: number, count: number): GgufParts =>
  smallModel([
    ['split.no', 'u16', number - 1],
    ['split.count', 'u16', count],
    ['split.tensors.count', 'i32', count],
  ])

describe('a GGUF file, before llama.cpp sees it', () => {
  const folder = useModelFolder()
  const write = async (name: string, parts: GgufParts) => await folder.writeBytes(name, encodeGguf(parts))
  const check = async (name: string, parts: GgufParts) => await failure(checkGguf(await write(name, parts)))

  it('is let through as a model of any kind', async () => {
    for (const kind of ['random', 'embedding', 'reranking'] as const)
      await assert.doesNotReject(checkGguf(await folder.writeBytes('tiny.gguf', makeTinyGguf({ kind }))))
    const small = await write('small.gguf', smallModel([['general.type', 'text', 'model']]))
    await assert.doesNotReject(checkGguf(small))
  })

  const companions: readonly (readonly [string, GgufParts, RegExp])[] = [
    [
      'a projector by its kind',
      ofKind('clip', ['clip.has_vision_encoder', 'bool', true]),
      /a projector \(mmproj\)/,
    ],
    [
      'a projector by its type',
      typed('mmproj', ['general.architecture', 'text', 'clip']),
      /a projector \(mmproj\)/,
    ],
    [
      'an adapter',
      ofKind('llama', ['general.type', 'text', 'adapter'], ['adapter.type', 'text', 'lora']),
      /an adapter \(LoRA\)/,
    ],
    ['an adapter without a type', ofKind('llama', ['adapter.lora.alpha', 'f32', 16]), /an adapter \(LoRA\)/],
    ['an importance matrix', typed('imatrix', ['imatrix.chunk_count', 'u32', 9]), /an importance matrix/],
    [
      'an importance matrix without a type',
      { entries: [['imatrix.datasets', ['text'], ['a']]], tensors: [smallTensor] },
      /an importance matrix/,
    ],
    ['a draft model', ofKind('eagle3'), /a draft model/],
    ['a vocabulary', smallModel([], []), /a vocabulary without a model/],
    ['no kind', { tensors: [smallTensor] }, /names no kind of model/],
    ['an unknown kind', ofKind('zebra9'), /of the kind “zebra9”, which this llama\.cpp does not know/],
    [
      'a kind that every object has',
      ofKind('constructor'),
      /“constructor”, which this llama\.cpp does not know/,
    ],
  ]
  for (const [what, parts, message] of companions) {
    it(`is told as what it is: ${what}`, async () => {
      const error = await check('companion.gguf', parts)
      assert.equal(error.code, 'engine-failed')
      assert.match(error.message, message)
      assert.match(error.message, /companion\.gguf is .*, and no model that answers\. (Add|Choose) /)
    })
  }

  it('is let through as the first part where all the others are beside it', async () => {
    for (const number of [2, 3]) await write(`big-0000${number}-of-00003.gguf`, part(number, 3))
    await assert.doesNotReject(checkGguf(await write('big-00001-of-00003.gguf', part(1, 3))))
  })

  it('is told as a later part whose first is not there', async () => {
    const error = await check('lone-00002-of-00003.gguf', part(2, 3))
    assert.match(error.message, /is part 2 of 3 of a model, .*Its first part is not beside it/)
  })

  it('is refused as the first part where another is missing, cut off, or of another model', async () => {
    const first = await write('gap-00001-of-00002.gguf', part(1, 2))
    const missing = await failure(checkGguf(first))
    assert.deepEqual(
      [
        missing.code,
        /^Part 2 of 2 of the model is missing: .*gap-00002-of-00002\.gguf/.test(missing.message),
      ],
      ['not-found', true],
    )
    const second = await write('gap-00002-of-00002.gguf', part(2, 2))
    await checkGguf(first)
    await truncate(second, 200)
    assert.match((await failure(checkGguf(first))).message, /gap-00002-of-00002\.gguf cannot be used/)
    await write('gap-00002-of-00002.gguf', part(3, 4))
    assert.match((await failure(checkGguf(first))).message, /it is not part 2 of 2/)
    const renamed = await failure(checkGguf(await write('renamed.gguf', part(1, 2))))
    assert.match(renamed.message, /does not have its name any more.*-00001-of-00002\.gguf/)
  })

  it('is told to be incomplete where a download has been cut off, wherever that was', async () => {
    const bytes = makeTinyGguf({ kind: 'script', reply: 'one two three' })
    for (let length = 24; length < bytes.length - 32; length += Math.ceil(bytes.length / 40)) {
      const path = await folder.writeBytes('cut.gguf', bytes.subarray(0, length))
      const error = await failure(checkGguf(path))
      assert.equal(error.code, 'engine-failed')
      assert.match(error.message, /cut\.gguf cannot be used: .*Download it again/)
    }
  })

  it('is given up where its header takes more than two seconds', async () => {
    let now = 0
    const path = await folder.writeBytes('slow.gguf', makeTinyGguf({ kind: 'random' }))
    const error = await failure(checkGguf(path, () => (now += 300)))
    assert.match(error.message, /could not be read within two seconds/)
  })

  it('is looked at in the child, and neither loads llama.cpp nor ends the process where it is refused', async () => {
    const program = { ...sourceProgram, llamaModule: 'a-module-that-is-not-there' }
    const engine = createTestEngine({ program })
    try {
      const companion = await write('mmproj.gguf', ofKind('clip'))
      const signal = new AbortController().signal
      assert.match((await failure(engine.inspect(companion, signal))).message, /a projector/)
      assert.match((await failure(engine.countTokens(companion, 'a', signal))).message, /a projector/)
      const good = await write('good.gguf', smallModel())
      assert.match((await failure(engine.inspect(good, signal))).message, /a-module-that-is-not-there/)
    } finally {
      engine.dispose()
    }
  })
})
