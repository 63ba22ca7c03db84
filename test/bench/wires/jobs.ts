import { bodies, type WireName } from './bodies.js'
import { type Contestant, contestants, type Name, plainReader } from './contestants.js'

/** What the parent asks of one process; the answer is a list of figures. */
export type Job =
  /** Milliseconds of reading an answer of so many tokens, turn by turn. */
  | {
      readonly kind: 'stream' | 'call'
      readonly wire: WireName
      readonly tokens: number
      readonly turns: number
    }
  /** Bytes that the process has grown by at the most while it read so many tokens. */
  | { readonly kind: 'memory'; readonly wire: WireName; readonly tokens: number }
  /** Streams at the same time, a token every so many milliseconds in each. */
  | {
      readonly kind: 'crowd'
      readonly wire: WireName
      readonly streams: number
      readonly tokens: number
      readonly everyMs: number
    }

export interface Timings {
  readonly ours: readonly number[]
  readonly client: readonly number[]
}

export interface Crowd {
  /** Milliseconds from sending to reading, of 99 in 100 tokens at most. */
  readonly p99: number
  readonly lost: number
  readonly reordered: number
}

export type JobResult =
  | ({ readonly kind: 'timings' } & Timings)
  | { readonly kind: 'growth'; readonly bytes: number }
  | { readonly kind: 'crowd'; readonly ours: Crowd; readonly plain: Crowd }

async function timeOne(contestant: Contestant, model: string, tokens: number): Promise<number> {
  let texts = 0
  const start = performance.now()
  await contestant(model, () => void texts++)
  const ms = performance.now() - start
  if (texts < tokens) throw new Error(`${texts} texts came of ${tokens}.`)
  return ms
}

/** Turn by turn, the first of each pair in turn; what both do first is not counted. */
async function timeBoth(wire: WireName, tokens: number, turns: number): Promise<JobResult> {
  const both = contestants[wire]()
  const timings: Record<Name, number[]> = { ours: [], client: [] }
  const warmUp = Math.ceil(turns / 4)
  for (let turn = -warmUp; turn < turns; turn++) {
    const names: readonly Name[] = turn % 2 === 0 ? ['ours', 'client'] : ['client', 'ours']
    for (const name of names) {
      const ms = await timeOne(both[name], `tokens-${tokens}`, tokens)
      if (turn >= 0) timings[name].push(ms)
    }
  }
  return { kind: 'timings', ...timings }
}

const sampleEvery = 20_000

/** After a first answer, so that what is loaded and compiled once is not counted. */
async function measureGrowth(wire: WireName, tokens: number): Promise<JobResult> {
  const { ours } = contestants[wire]()
  const heap = (): number => {
    globalThis.gc?.()
    return process.memoryUsage().heapUsed + process.memoryUsage().arrayBuffers
  }
  await timeOne(ours, `tokens-${sampleEvery}`, sampleEvery)
  const before = heap()
  let most = before
  let texts = 0
  await ours(`tokens-${tokens}`, () => {
    if (++texts % sampleEvery === 0) most = Math.max(most, heap())
  })
  if (texts < tokens) throw new Error(`${texts} texts came of ${tokens}.`)
  return { kind: 'growth', bytes: most - before }
}

interface CrowdSize {
  readonly streams: number
  readonly tokens: number
  readonly everyMs: number
}

async function meet(contestant: Contestant, { streams, tokens, everyMs }: CrowdSize): Promise<Crowd> {
  const delays: number[] = []
  let lost = 0
  let reordered = 0
  const follow = async (): Promise<void> => {
    let next = 0
    await contestant(`paced-${tokens}-${everyMs}`, (text) => {
      const now = performance.timeOrigin + performance.now()
      const [number, sentAt] = text.trim().split(':').map(Number)
      if (number !== next) reordered++
      next = (number ?? 0) + 1
      delays.push(now - (sentAt ?? 0))
    })
    lost += tokens - next
  }
  await Promise.all(Array.from({ length: streams }, follow))
  delays.sort((a, b) => a - b)
  return { p99: delays[Math.floor(delays.length * 0.99)] ?? Number.NaN, lost, reordered }
}

export async function perform(job: Job): Promise<JobResult> {
  if (bodies[job.wire] === undefined) throw new Error(`There is no wire ${job.wire}.`)
  if (job.kind === 'memory') return await measureGrowth(job.wire, job.tokens)
  if (job.kind !== 'crowd') return await timeBoth(job.wire, job.tokens, job.turns)
  const { ours } = contestants[job.wire]()
  // One of each, so that nothing is compiled in the crowd.
  for (const each of [ours, plainReader()]) await meet(each, { streams: 20, tokens: 20, everyMs: 5 })
  return { kind: 'crowd', plain: await meet(plainReader(), job), ours: await meet(ours, job) }
}
