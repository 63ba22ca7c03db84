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
  ]
  await takeTurns(candidates, { count: 2, first: job.round })
  const [plain = [], floor = [], product = []] = await takeTurns(candidates, { count: 10, first: job.round })
  return { plain, floor, product }
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

async function measureAnswers(job: Job, find: FindModel): Promise<Pick<SessionResult, 'stream' | 'pace'>> {
  const wanted = new Set(job.measures)
  if (!wanted.has('stream') && !wanted.has('pace')) return {}
  const findFloor = await createModelFinder(floorVendor)
  return {
    ...(wanted.has('stream') ? { stream: await measureStream(job, find, findFloor) } : {}),
    ...(wanted.has('pace') ? { pace: await measurePace(job, find, findFloor) } : {}),
  }
}

export async function measureSession(job: Job): Promise<SessionResult> {
  const wanted = new Set(job.measures)
  await settle(20_000)
  const before = await weigh()
  const start = performance.now()
  const activation = () => activate(job.extension)
  const activated = await (job.profile === undefined ? activation() : profile(job.profile, activation))
  const find = job.vendor === undefined || wanted.size === 0 ? undefined : await createModelFinder(job.vendor)
  const modelsMs = performance.now() - start
  return {
    ...activated,
    ...(find === undefined ? {} : { modelsMs }),
    ...(wanted.has('memory') ? { memory: await measureMemory(job, before, find) } : {}),
    ...(find === undefined ? {} : await measureAnswers(job, find)),
    ...(wanted.has('provider') ? { provider: await measureProvider() } : {}),
  }
}
