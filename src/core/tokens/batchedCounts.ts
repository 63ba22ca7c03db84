import type { Clock } from '../ports.js'
import { createTextCache } from './textCache.js'

export interface BatchedCountsOptions {
  /** Tokens of each text; undefined where nobody can say at the moment. */
  readonly ask: (texts: readonly string[]) => Promise<readonly number[] | undefined>
  readonly estimate: (text: string) => number
  readonly clock: Clock
}

/** Counts texts by whom they are asked of, the same text once. */
export type CountText = (text: string) => number | Promise<number>

interface Waiting {
  readonly text: string
  readonly resolve: (tokens: number) => void
}

/** Texts and characters of one question. */
const batchLimit = { texts: 500, characters: 200_000 }
/** Milliseconds after which the estimates are given for everything that waits, until there is an answer. */
const patienceMs = 200

const cached = { texts: 12_000, characters: 2_500_000 }

/** What comes together, or while an answer is waited for, is asked together; whoever is late is not waited for. */
export function createBatchedCounts({ ask, estimate, clock }: BatchedCountsOptions): CountText {
  const known = createTextCache(cached.texts, cached.characters)
  let waiting: Waiting[] = []
  let isAsking = false
  let isLate = false

  const giveEstimates = (): void => {
    const all = waiting
    waiting = []
    for (const { text, resolve } of all) resolve(estimate(text))
  }

  const expire = async (batch: readonly Waiting[], answered: AbortSignal): Promise<void> => {
    try {
      await clock.sleep(patienceMs, answered)
    } catch {
      // There was an answer.
      return
    }
    isLate = true
    for (const { text, resolve } of batch) resolve(estimate(text))
    giveEstimates()
  }

  const askFor = async (batch: readonly Waiting[]): Promise<void> => {
    const answered = new AbortController()
    void expire(batch, answered.signal)
    // Whoever asks for a count wants a number; why there is none, a request will tell.
    const counts = await ask(batch.map(({ text }) => text)).catch(() => undefined)
    answered.abort()
    isLate = false
    for (const [index, { text, resolve }] of batch.entries()) {
      const tokens = counts?.[index]
      if (tokens !== undefined) known.set(text, tokens)
      resolve(tokens ?? estimate(text))
    }
    if (counts === undefined) giveEstimates()
  }

  const askAll = async (): Promise<void> => {
    isAsking = true
    // Whatever is counted in the same turn goes along.
    await Promise.resolve()
    while (waiting.length > 0) await askFor(takeBatch(waiting))
    isAsking = false
  }

  return (text) => {
    const tokens = known.get(text)
    if (tokens !== undefined) return tokens
    if (isLate) return estimate(text)
    return new Promise((resolve) => {
      waiting.push({ text, resolve })
      if (!isAsking) void askAll()
    })
  }
}

function takeBatch(waiting: Waiting[]): readonly Waiting[] {
  let characters = 0
  let end = 0
  for (const { text } of waiting) {
    characters += text.length
    if (end > 0 && (end >= batchLimit.texts || characters > batchLimit.characters)) break
    end++
  }
  return waiting.splice(0, end)
}
