import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import * as fc from 'fast-check'
import { countTokens } from 'gpt-tokenizer/encoding/o200k_base'
import type { Message } from '../../../../src/core/chat.js'
import { createTokenCounter } from '../../../../src/core/tokens/estimate.js'
import { prose } from './samples.js'

const model = 'work/gpt-5'

/** Any text, whole or broken, with as many kinds of characters as there are. */
const anyText = fc
  .array(fc.oneof(fc.integer({ min: 0, max: 0xff }), fc.integer({ min: 0, max: 0xff_ff })), {
    maxLength: 100,
  })
  .map((units) => String.fromCharCode(...units))
const read = (path: string): string => readFileSync(new URL(`../../../../${path}`, import.meta.url), 'utf8')

function errorOf(text: string): number {
  const exact = countTokens(text, { disallowedSpecial: new Set() })
  return createTokenCounter().count(model, text) / exact - 1
}

const code: Readonly<Record<string, string>> = {
  'TypeScript of the core': read('src/core/errors.ts') + read('src/core/provider.ts'),
  'TypeScript with tests': read('test/fakes/manualClock.ts') + read('test/fakes/memoryStores.ts'),
  'the manifest': read('package.json'),
  'a lock file': read('package-lock.json').slice(0, 20_000),
  'compiler settings': read('tsconfig.json'),
}

describe('token estimate', () => {
  for (const [name, text] of Object.entries({ ...prose, ...code })) {
    it(`is within 15 % of the o200k vocabulary for ${name}`, () => {
      const error = errorOf(text)
      assert.ok(Math.abs(error) <= 0.15, `off by ${(error * 100).toFixed(1)} %`)
    })
  }

  for (const [name, text] of Object.entries({ ...prose, ...code })) {
    it(`never falls more than 20 % short for a piece of ${name}`, () => {
      for (let start = 0; start + 400 <= text.length; start += 400) {
        const error = errorOf(text.slice(start, start + 400))
        assert.ok(error >= -0.2, `off by ${(error * 100).toFixed(1)} % at ${start}`)
      }
    })
  }

  for (const line of [
    'The tracks meet at 12:30, in München.\n',
    'const total = rows.length + 1 // tokens\n',
    '線路は三番線です。\n',
  ])
    it(`of a text of megabytes is that of its lines: ${line.trim()}`, () => {
      const counter = createTokenCounter()
      const thousand = counter.count(model, line.repeat(1_000))
      const many = counter.count(model, line.repeat(100_000))
      assert.ok(Math.abs(many / thousand - 100) < 0.1, `${many} and ${thousand}`)
    })

  it('is a whole number, at least 0 and at most three tokens a character, for any text', () => {
    const counter = createTokenCounter()
    fc.assert(
      fc.property(anyText, (text) => {
        const tokens = counter.count(model, text)
        assert.ok(Number.isInteger(tokens) && tokens >= 0 && tokens <= 1 + text.length * 3.1)
      }),
    )
  })

  it('counts nothing in an empty text and something in any other', () => {
    const counter = createTokenCounter()
    assert.equal(counter.count(model, ''), 0)
    fc.assert(fc.property(anyText, (text) => assert.equal(counter.count(model, text) >= 1, text !== '')))
  })

  it('does not take the marks of a chat format for anything but text', () => {
    assert.ok(createTokenCounter().count(model, '<|im_end|><|endoftext|>') >= 2)
  })

  it('grows by about the sum when texts are joined', () => {
    const counter = createTokenCounter()
    const { english = '', russian = '' } = prose
    const sum = counter.count(model, english) + counter.count(model, russian)
    assert.ok(Math.abs(counter.count(model, `${english}\n\n${russian}`) - sum) <= sum * 0.05)
  })
})

const message = (content: Message['content']): Message => ({ role: 'user', content })

describe('token estimate of a message', () => {
  const counter = createTokenCounter()
  const text = 'What does this function return?'

  it('adds the overhead of the chat format to the text', () => {
    const counted = counter.countMessage(model, message([{ type: 'text', text }]))
    assert.equal(counted, counter.count(model, text) + 4)
  })

  it('counts the name and the input of a tool call', () => {
    const call = {
      type: 'toolCall',
      callId: 'a',
      name: 'read_file',
      input: { path: 'src/index.ts' },
    } as const
    const counted = counter.countMessage(model, message([call]))
    assert.ok(counted > counter.count(model, JSON.stringify(call.input)) && counted < 40, String(counted))
  })

  it('counts what is inside a tool result', () => {
    const long = { type: 'text', text: text.repeat(20) } as const
    const counted = counter.countMessage(
      model,
      message([{ type: 'toolResult', callId: 'a', content: [long] }]),
    )
    assert.ok(counted >= counter.count(model, long.text))
  })

  it('does not count the bytes of an image as text', () => {
    const image = { type: 'data', mimeType: 'image/png', data: new Uint8Array(400_000) } as const
    assert.ok(counter.countMessage(model, message([image])) < 2_000)
  })

  it('counts data that is text as text', () => {
    const data = new TextEncoder().encode(prose['english'])
    const counted = counter.countMessage(model, message([{ type: 'data', mimeType: 'text/plain', data }]))
    assert.equal(counted, counter.count(model, prose['english'] ?? '') + 4)
  })
})

describe('token calibration', () => {
  const text = prose['instructions'] ?? ''

  it('comes within 2 % of a model that counts half as much again', () => {
    const counter = createTokenCounter()
    const actual = createTokenCounter().count(model, text) * 1.5
    for (let turn = 0; turn < 15; turn++) counter.calibrate(model, counter.count(model, text), actual)
    assert.ok(Math.abs(counter.count(model, text) / actual - 1) < 0.02)
  })

  it('changes no other model', () => {
    const counter = createTokenCounter()
    const before = counter.count('work/other', text)
    counter.calibrate(model, 1_000, 1_500)
    assert.equal(counter.count('work/other', text), before)
  })

  it('expects more tokens of a Claude model than of others', () => {
    const counter = createTokenCounter()
    assert.ok(counter.count('work/claude-sonnet-4-5', text) > counter.count(model, text))
  })

  it('keeps its ratio within bounds, whatever it is told', () => {
    const counter = createTokenCounter()
    const plain = counter.count(model, text)
    fc.assert(
      fc.property(fc.double(), fc.double(), (estimated, actual) => {
        counter.calibrate(model, estimated, actual)
        const counted = counter.count(model, text)
        assert.ok(
          counted >= Math.floor(plain * 0.6) - 1 && counted <= Math.ceil(plain * 1.8) + 1,
          String(counted),
        )
      }),
    )
  })

  it('stays a number, however large the counts that it is told', () => {
    const counter = createTokenCounter()
    for (const estimated of [Number.MAX_VALUE, Number.POSITIVE_INFINITY, Number.NaN, 51])
      counter.calibrate(model, estimated, Number.MAX_VALUE)
    assert.ok(Number.isInteger(counter.count(model, text)))
  })

  it('learns nothing from requests so small that the format outweighs them', () => {
    const counter = createTokenCounter()
    const before = counter.count(model, text)
    counter.calibrate(model, 10, 40)
    assert.equal(counter.count(model, text), before)
  })
})

/** Texts that share no object with those of another call, as texts that come over a wire. */
function makeTexts(): string[] {
  const base = (prose['english'] ?? '').repeat(130)
  return Array.from({ length: 10_000 }, (_, index) =>
    Buffer.from(String(index).padStart(6, '0') + base.slice(index * 9, index * 9 + 194)).toString(),
  )
}

/** Milliseconds of processor time, which other programs on the machine do not lengthen. */
function timeOf(run: () => void): number {
  const before = process.cpuUsage()
  run()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1_000
}

function bestOf(rounds: number, run: () => number): number {
  return Math.min(...Array.from({ length: rounds }, run))
}

describe('token counting speed', () => {
  it('takes at most 200 ms for 10,000 different texts of 200 characters', () => {
    const best = bestOf(3, () => {
      const texts = makeTexts()
      const counter = createTokenCounter()
      return timeOf(() => texts.forEach((text) => void counter.count(model, text)))
    })
    assert.ok(best <= 200, `${best.toFixed(1)} ms`)
  })

  it('takes at most 5 ms for the same 10,000 texts again', () => {
    const counter = createTokenCounter()
    const texts = makeTexts()
    texts.forEach((text) => void counter.count(model, text))
    const best = bestOf(20, () => timeOf(() => texts.forEach((text) => void counter.count(model, text))))
    assert.ok(best <= 5, `${best.toFixed(1)} ms`)
  })

  it('forgets texts that were not asked for lately, and still counts them alike', () => {
    const counter = createTokenCounter({ cachedTexts: 10, cachedCharacters: 1_000 })
    const fresh = createTokenCounter()
    for (const text of makeTexts().slice(0, 200))
      assert.equal(counter.count(model, text), fresh.count(model, text))
    const first = makeTexts()[0] ?? ''
    assert.equal(counter.count(model, first), fresh.count(model, first))
  })
})
