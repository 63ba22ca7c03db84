import assert from 'node:assert/strict'
import { createBatchedCounts } from '../../../../src/core/tokens/batchedCounts.js'
import { createManualClock, settle } from '../../../fakes/manualClock.js'

const guess = 1_000

describe('counts that are asked together', () => {
  /** Answers each question when it is told to; a text counts its characters. */
  function bench() {
    const clock = createManualClock()
    const questions: { readonly texts: readonly string[]; answer(counts?: readonly number[]): void }[] = []
    const count = createBatchedCounts({
      ask: (texts) => new Promise((resolve) => void questions.push({ texts, answer: resolve })),
      estimate: () => guess,
      clock,
    })
    const answer = async (index: number): Promise<void> => {
      const question = questions[index]
      question?.answer(question.texts.map((text) => text.length))
      await settle()
    }
    const all = async (texts: readonly string[]) =>
      await Promise.all(texts.map(async (text) => await count(text)))
    return { clock, count, all, questions, answer }
  }

  it('ask once for what is counted in one turn, and once more for what comes in the meantime', async () => {
    const { all, questions, answer } = bench()
    const first = all(['a', 'bb'])
    await settle()
    const second = all(['ccc', 'dddd'])
    await answer(0)
    assert.deepEqual(await first, [1, 2])
    await answer(1)
    assert.deepEqual(await second, [3, 4])
    assert.deepEqual(
      questions.map(({ texts }) => texts),
      [
        ['a', 'bb'],
        ['ccc', 'dddd'],
      ],
    )
  })

  it('are known at once when the text comes again', async () => {
    const { count, questions, answer } = bench()
    const first = count('again')
    await settle()
    await answer(0)
    assert.equal(await first, 5)
    assert.equal(count('again'), 5)
    assert.equal(questions.length, 1)
  })

  it('are estimates where nobody can say, and are asked for again the next time', async () => {
    const { count, all, questions } = bench()
    const first = all(['a', 'b'])
    await settle()
    questions[0]?.answer(undefined)
    assert.deepEqual(await first, [guess, guess])
    const second = count('a')
    await settle()
    questions[1]?.answer([7])
    assert.equal(await second, 7)
  })

  it('are estimates after a fifth of a second without an answer, for all that wait and all that come', async () => {
    const { clock, count, answer } = bench()
    const asked = count('hangs')
    await settle()
    const waiting = count('waits')
    await clock.advance(199)
    assert.equal(await Promise.race([asked, waiting, Promise.resolve('open')]), 'open')
    await clock.advance(1)
    assert.deepEqual(await Promise.all([asked, waiting]), [guess, guess])
    assert.equal(count('comes later'), guess)
    await answer(0)
    assert.equal(count('hangs'), 5, 'a late answer is kept')
    assert.equal(clock.sleeping(), 0)
  })

  it('are asked for anew once an answer has come late', async () => {
    const { clock, count, questions, answer } = bench()
    const asked = count('hangs')
    await clock.advance(200)
    assert.equal(await asked, guess)
    await answer(0)
    const next = count('next')
    await settle()
    await answer(1)
    assert.equal(await next, 4)
    assert.equal(questions.length, 2)
  })

  it('are asked for in several questions where there are many, and lose none', async () => {
    const { all, questions, answer } = bench()
    const texts = Array.from({ length: 1_201 }, (_, index) => 'x'.repeat(index + 1))
    const counts = all(texts)
    await settle()
    for (let index = 0; index < questions.length; index++) await answer(index)
    assert.deepEqual(
      await counts,
      texts.map((text) => text.length),
    )
    assert.ok(questions.length > 2 && questions.every(({ texts: asked }) => asked.length <= 500))
  })

  it('are estimates where the question fails', async () => {
    const clock = createManualClock()
    const count = createBatchedCounts({
      ask: () => Promise.reject(new Error('It is gone.')),
      estimate: () => guess,
      clock,
    })
    assert.equal(await count('a'), guess)
    assert.equal(clock.sleeping(), 0)
  })
})
