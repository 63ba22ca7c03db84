// What the bench asks of one VS Code, and what it gets back; scripts/bench/sessions.mjs has the other end.
import { readFile, writeFile } from 'node:fs/promises'
import { env } from 'node:process'
import type { ProviderFigures } from './provider.js'
import type { Timing } from './streams.js'

export type Measure = 'models' | 'memory' | 'stream' | 'pace' | 'provider'

export interface Job {
  /** The extension under test; nothing has activated it. */
  readonly extension: string
  /** Its language models; absent for the empty extension. */
  readonly vendor?: string
  readonly serverUrl: string
  readonly measures: readonly Measure[]
  /** Counts from 0; odd rounds take the candidates in the opposite order. */
  readonly round: number
  /** Where the result goes. */
  readonly result: string
  /** Where a CPU profile of the activation goes; absent: none is taken. */
  readonly profile?: string
}

/** The same stream, as often as it was repeated. */
export interface StreamFigures {
  readonly plain: readonly Timing[]
  readonly floor: readonly Timing[]
  readonly product: readonly Timing[]
  /** Of a stream whose chunks are further apart than VS Code waits. */
  readonly floorAlone: readonly Timing[]
  readonly productAlone: readonly Timing[]
}

export interface PaceFigures {
  readonly everyMs: number
  readonly floor: readonly Timing[]
  readonly product: readonly Timing[]
}

/** Bytes of resident memory after a collection. */
export interface MemoryFigures {
  readonly before: number
  readonly after: number
  /** After the floor's streams on top; only in the session of the empty extension. */
  readonly afterFloor?: number
}

export interface SessionResult {
  readonly activationMs: number
  /** Of the host's main thread: less than the above where it waited, and steadier on a busy machine. */
  readonly activationCpuMs: number
  readonly modelsMs: number | undefined
  readonly memory?: MemoryFigures | undefined
  readonly stream?: StreamFigures | undefined
  readonly pace?: readonly PaceFigures[] | undefined
  readonly provider: ProviderFigures | undefined
  /** Why something that was asked for is not there. */
  readonly failures: readonly string[]
}

const jobVariable = 'ROUNDHOUSE_BENCH_JOB'

export function jobPath(): string {
  const path = env[jobVariable]
  if (path === undefined) throw new Error(`${jobVariable} names no file: start this with npm run bench.`)
  return path
}

export async function readJob(): Promise<Job> {
  return JSON.parse(await readFile(jobPath(), 'utf8'))
}

export async function writeResult(job: Job, result: SessionResult): Promise<void> {
  await writeFile(job.result, JSON.stringify(result))
}
