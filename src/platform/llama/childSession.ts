import type { ChildProcess } from 'node:child_process'
import { cancelled, ModelError } from '../../core/errors.js'
import type { Clock, Environment, Log } from '../../core/ports.js'
import { type ChildProgram, forkChild } from './childProgram.js'
import { crashError, findCulprits, hangError, startError } from './crashReport.js'
import { watchForHang } from './hangWatch.js'
import { createLoadedCounts, type LoadedCounts } from './loadedCounts.js'
import type { ModelFile } from './modelFile.js'
import { createPartStream, type PartStream } from './partStream.js'
import { type FromChild, isFromChild, type Job, type Reply, type ToChild } from './protocol.js'

/** A job without the number by which its answers are found. */
export type JobRequest = Job extends infer J ? (J extends Job ? Omit<J, 'id'> : never) : never

export interface ChildSession {
  /** False once the process has ended or is about to. */
  alive(): boolean
  /** Answers until the job ends; throws ModelError. Leaving the loop early cancels the job. */
  run(request: JobRequest, file: ModelFile, signal: AbortSignal): AsyncIterable<Reply>
  /** Undefined where the model is not loaded, or any job is under way. */
  countLoaded(path: string, texts: readonly string[]): Promise<readonly number[] | undefined>
  unload(path: string): void
  /** Ends the process; jobs under way are cancelled. */
  stop(): void
}

export interface ChildSessionOptions {
  readonly program: ChildProgram
  readonly environment: Environment
  readonly log: Log
  /** The process ended by itself while these files were being loaded, or else used. */
  readonly onCrash: (files: readonly ModelFile[]) => void
  readonly clock: Clock
  /** Milliseconds that the child has to end a cancelled job before it counts as hung. */
  readonly graceMs: number
}

interface PendingJob {
  readonly file: ModelFile
  readonly stream: PartStream<Reply>
  /** Aborted when the child has ended the job, or is gone. */
  readonly over: AbortController
  started: boolean
}

interface JobTable {
  readonly jobs: Map<number, PendingJob>
  /** Paths of the files that the child is loading. */
  readonly loading: Set<string>
  readonly counts: LoadedCounts
  readonly log: Log
}

/** One child process and the jobs it has. */
export function startChildSession(options: ChildSessionOptions): ChildSession {
  const { program, environment, log } = options
  const child = forkChild(program, environment, log)
  let alive = true

  const send = (message: ToChild): void => {
    // A failure to send means the end of the process, which is heard of below.
    if (alive && child.process.connected) child.process.send(message, () => undefined)
  }
  const jobs: JobTable['jobs'] = new Map()
  const counts = createLoadedCounts(send, () => jobs.size > 0)
  const table: JobTable = { jobs, loading: new Set(), counts, log }

  const end = (fail: (job: PendingJob) => ModelError): void => {
    if (!alive) return
    alive = false
    counts.end()
    for (const job of table.jobs.values()) {
      job.stream.fail(fail(job))
      job.over.abort()
    }
  }

  // It holds nothing that is worth a farewell, and native code may not listen to one.
  const kill = (): void => void child.process.kill('SIGKILL')

  const watch = (job: PendingJob): void => {
    const isLoading = (): boolean => table.loading.size > 0
    const onHang = (): void => {
      log.error(`The embedded engine does not answer any more while it uses ${job.file.path}: it is ended.`)
      end(({ file }) => hangError(file, job.file))
      kill()
    }
    void watchForHang({ ...options, isLoading, onHang }, job.over.signal)
  }

  child.process.on('message', (message) => {
    if (isFromChild(message)) receive(message, table)
  })
  child.process.on('error', (cause) => end(() => startError(cause)))
  whenGone(child.process, (how) => {
    if (!alive) return
    const culprits = findCulprits([...table.jobs.values()], table.loading)
    const complaint = child.lastComplaint()
    log.error(`The embedded engine ended (${how}): ${complaint ?? 'without a word'}`)
    options.onCrash(culprits)
    end(({ file }) => crashError(file, { how, complaint, culprits }))
  })

  return {
    alive: () => alive,
    run: createRunner(table, send, watch),
    countLoaded: (path, texts) => counts.ask(path, texts),
    unload: (path) => counts.unload(path),
    stop() {
      end(() => cancelled())
      kill()
    },
  }
}

function createRunner(
  { jobs }: JobTable,
  send: (message: ToChild) => void,
  watch: (job: PendingJob) => void,
): ChildSession['run'] {
  let nextId = 1
  return async function* run(request, file, signal) {
    const id = nextId++
    const stream = createPartStream<Reply>()
    const abort = (): void => stream.fail(cancelled(signal.reason))
    const job = { file, stream, over: new AbortController(), started: false }
    jobs.set(id, job)
    signal.addEventListener('abort', abort, { once: true })
    send({ ...request, id })
    try {
      for await (const reply of stream) {
        if (signal.aborted) throw cancelled(signal.reason)
        yield reply
      }
    } finally {
      signal.removeEventListener('abort', abort)
      if (!job.over.signal.aborted) {
        send({ type: 'cancel', id })
        watch(job)
      }
    }
  }
}

/** Calls back once the process has ended and everything that it said has been read. */
function whenGone(child: ChildProcess, callback: (how: string) => void): void {
  let how: string | undefined
  const check = (): void => {
    if (how !== undefined && !child.connected) callback(how)
  }
  child.on('close', (code, signal) => {
    how = signal ?? `exit code ${code}`
    check()
  })
  child.on('disconnect', check)
}

function receive(message: FromChild, { jobs, loading, counts, log }: JobTable): void {
  counts.receive(message)
  if (message.type === 'log') return log[message.level](`llama.cpp: ${message.message}`)
  if (message.type === 'loading') return void loading.add(message.file)
  if (message.type === 'loaded') return void loading.delete(message.file)
  if (message.type === 'counts') return undefined
  const job = jobs.get(message.id)
  if (job === undefined) return undefined
  if (message.type === 'started') job.started = true
  else if (message.type === 'done' || message.type === 'failed') {
    if (message.type === 'done') job.stream.end()
    else job.stream.fail(new ModelError(message))
    job.over.abort()
    jobs.delete(message.id)
  } else job.stream.push(message)
  return undefined
}
