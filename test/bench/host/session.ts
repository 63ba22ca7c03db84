// One VS Code, one extension under test. The order matters: memory is weighed before anything heavy is loaded.
import { threadCpuUsage } from 'node:process'
import * as vscode from 'vscode'
import type { Job, MemoryFigures, PaceFigures, SessionResult, StreamFigures } from './job.js'
import { createModelFinder } from './models.js'
import { profile } from './profile.js'
import { measureProvider } from './provider.js'
import { settle, weigh } from './quiet.js'
import { type Timing, timeModel, timePlainFetch } from './streams.js'

const floorVendor = 'bench-floor'
const shortBurst = 'every-0ms-200'
const longBurst = 'every-0ms-1000'
/** Slower than VS Code waits for more: its wait is the same for everyone, and what differs is the provider's own. */
const slowStart = 'every-50ms-3'
/** Long enough that a part which waits for thirty others is seen waiting. */
const paced = [5, 10, 20, 28, 50].map((everyMs) => ({ everyMs, model: `every-${everyMs}ms-64` }))
/** Eleven streams of 200 tokens: eight as fast as they go, three at the speed of a fast model. */
const memoryStreams = [
  ...Array.from({ length: 8 }, () => shortBurst),
  ...Array.from({ length: 3 }, () => 'every-5ms-200'),
]

type FindModel = Awaited<ReturnType<typeof createModelFinder>>

type Activation = Pick<SessionResult, 'activationMs' | 'activationCpuMs'>

async function activate(id: string): Promise<Activation> {
  const extension = vscode.extensions.getExtension(id)
  if (extension === undefined) throw new Error(`${id} is not installed in this VS Code.`)
  if (extension.isActive) throw new Error(`${id} was active before it was asked to be.`)
  const cpu = threadCpuUsage()
  const start = performance.now()
  await extension.activate()
  const activationMs = performance.now() - start
  const { user, system } = threadCpuUsage(cpu)
  return { activationMs, activationCpuMs: (user + system) / 1_000 }
}

/** The plain fetches happen in every session, so that what they load is not counted. */
async function runMemoryStreams(job: Job, find: FindModel | undefined): Promise<void> {
  for (const model of memoryStreams) {
    await timePlainFetch(job.serverUrl, model)
    if (find !== undefined) await timeModel(find(model))
  }
  await settle(10_000)
}

async function measureMemory(job: Job, before: number, find: FindModel | undefined): Promise<MemoryFigures> {
  await runMemoryStreams(job, find)
  const after = await weigh()
  if (find !== undefined) return { before, after }
  await runMemoryStreams(job, await createModelFinder(floorVendor))
  return { before, after, afterFloor: await weigh() }
}

/** Runs each candidate once a turn, in an order that alternates. */
async function takeTurns<T>(
  candidates: readonly (() => Promise<T>)[],
  turns: { count: number; first: number },
): Promise<T[][]> {
  const results = candidates.map((): T[] => [])
  for (let turn = 0; turn < turns.count; turn++) {
    const entries = [...candidates.entries()]
    for (const [index, candidate] of (turn + turns.first) % 2 === 0 ? entries : entries.toReversed()) {
      results[index]?.push(await candidate())
    }
  }
  return results
}

async function measureStream(job: Job, find: FindModel, findFloor: FindModel): Promise<StreamFigures> {
  const candidates = [
    () => timePlainFetch(job.serverUrl, longBurst),
    () => timeModel(findFloor(longBurst)),
    () => timeModel(find(longBurst)),
    () => timeModel(findFloor(slowStart)),
    () => timeModel(find(slowStart)),
  ]
  await takeTurns(candidates, { count: 2, first: job.round })
  const results = await takeTurns(candidates, { count: 10, first: job.round })
  const [plain = [], floor = [], product = [], floorAlone = [], productAlone = []] = results
  return { plain, floor, product, floorAlone, productAlone }
}

async function measurePace(job: Job, find: FindModel, findFloor: FindModel): Promise<PaceFigures[]> {
  await timeModel(findFloor(shortBurst))
  await timeModel(find(shortBurst))
  const figures: PaceFigures[] = []
  for (const { everyMs, model } of paced) {
    const candidates: (() => Promise<Timing>)[] = [
      () => timeModel(findFloor(model)),
      () => timeModel(find(model)),
    ]
    const [floor = [], product = []] = await takeTurns(candidates, { count: 2, first: job.round })
    figures.push({ everyMs, floor, product })
  }
  return figures
}

type Attempt = <T>(what: string, work: () => Promise<T>) => Promise<T | undefined>

/** A measurement that fails costs its own rows only. */
function createAttempts(failures: string[]): Attempt {
  return async (what, work) => {
    try {
      return await work()
    } catch (error) {
      failures.push(`${what}: ${error instanceof Error ? error.message : String(error)}`)
      return undefined
    }
  }
}

interface Subject {
  readonly job: Job
  readonly attempt: Attempt
  /** Bytes before the activation. */
  readonly before: number
  /** Undefined where there are no models. */
  readonly find: FindModel | undefined
}

async function measureModels({ job, attempt, before, find }: Subject): Promise<Partial<SessionResult>> {
  const wanted = new Set(job.measures)
  const isMissing = job.vendor !== undefined && find === undefined
  const memory =
    wanted.has('memory') && !isMissing
      ? await attempt('memory', () => measureMemory(job, before, find))
      : undefined
  if (find === undefined || !(wanted.has('stream') || wanted.has('pace'))) return { memory }
  const findFloor = await attempt('floor', () => createModelFinder(floorVendor))
  if (findFloor === undefined) return { memory }
  return {
    memory,
    stream: wanted.has('stream')
      ? await attempt('stream', () => measureStream(job, find, findFloor))
      : undefined,
    pace: wanted.has('pace') ? await attempt('pace', () => measurePace(job, find, findFloor)) : undefined,
  }
}

export async function measureSession(job: Job): Promise<SessionResult> {
  const wanted = new Set(job.measures)
  const failures: string[] = []
  const attempt = createAttempts(failures)
  await settle(20_000)
  const before = await weigh()
  const start = performance.now()
  const activation = () => activate(job.extension)
  const activated = await (job.profile === undefined ? activation() : profile(job.profile, activation))
  const { vendor } = job
  const needsModels = vendor !== undefined && [...wanted].some((measure) => measure !== 'provider')
  const find = needsModels ? await attempt('models', () => createModelFinder(vendor)) : undefined
  const modelsMs = find === undefined ? undefined : performance.now() - start
  const models = await measureModels({ job, attempt, before, find })
  const provider = wanted.has('provider') ? await attempt('provider', measureProvider) : undefined
  return { ...activated, modelsMs, ...models, provider, failures }
}
