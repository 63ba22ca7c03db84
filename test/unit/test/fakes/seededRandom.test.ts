import assert from 'node:assert/strict'
import { createRandom } from '../../../fakes/seededRandom.js'

/** Its numbers are its whole state, so that a number is a seed, and each step can be asked for by itself. */
const next = (state: number): number => createRandom(state)() * 2 ** 32

/** `state → state * factor + offset`, modulo 2³². */
interface Steps {
  readonly factor: number
  readonly offset: number
}

const take = (state: number, { factor, offset }: Steps): number => (Math.imul(state, factor) + offset) >>> 0

const twice = (steps: Steps): Steps => ({
  factor: Math.imul(steps.factor, steps.factor) >>> 0,
  offset: take(steps.offset, steps),
})

function stepsOf(powerOfTwo: number): Steps {
  let steps: Steps = { factor: (next(1) - next(0)) >>> 0, offset: next(0) }
  for (let power = 0; power < powerOfTwo; power++) steps = twice(steps)
  return steps
}

describe('createRandom', () => {
  it('gives the same numbers for the same seed, and others for another', () => {
    const numbers = (seed: number) => Array.from({ length: 5 }, createRandom(seed))
    assert.deepEqual(numbers(7), numbers(7))
    assert.notDeepEqual(numbers(7), numbers(8))
  })

  it('repeats no number among the first million', () => {
    const random = createRandom(1)
    const seen = new Set<number>()
    for (let count = 0; count < 1_000_000; count++) seen.add(random())
    assert.equal(seen.size, 1_000_000)
  })

  it('comes back to where it began after 2³² numbers and no sooner', () => {
    const random = createRandom(123)
    for (let count = 0; count < 1_024; count++) random()
    assert.equal(
      random() * 2 ** 32,
      next(take(123, stepsOf(10))),
      'the step is not what is computed with here',
    )
    // The period is a power of two, since it divides 2³²: one that is not over after 2³¹ numbers is the longest.
    for (const state of [0, 1, 123, 2 ** 31, 2 ** 32 - 1]) {
      assert.equal(take(state, stepsOf(32)), state)
      assert.notEqual(take(state, stepsOf(31)), state)
    }
  })

  it('spreads its numbers evenly, each from 0 up to 1', () => {
    const random = createRandom(99)
    const counts = Array.from({ length: 10 }, () => 0)
    for (let count = 0; count < 100_000; count++) {
      const tenth = Math.floor(random() * 10)
      counts[tenth] = (counts[tenth] ?? Number.NaN) + 1
    }
    assert.equal(counts.length, 10)
    for (const count of counts) assert.ok(count > 9_500 && count < 10_500, counts.join(', '))
  })
})
