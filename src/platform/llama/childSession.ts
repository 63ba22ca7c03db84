import type { ChildProcess } from 'node:child_process'
import { cancelled, ModelError } from '../../core/errors.js'
import type { Environment, Log } from '../../core/ports.js'
import { type ChildProgram, forkChild } from './childProgram.js'
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
}

interface Pending {
  readonly file: ModelFile
  readonly stream: PartStream<Reply>
  started: boolean
}

/** One child process and the jobs it has. */
export function startChildSession(options: ChildSessionOptions): ChildSession {
  const { log } = options
  const child = forkChild(options.program, options.environment, log)
  const pending = new Map<number, Pending>()
  const loading = new Set<string>()
  let nextId = 1
  let alive = true

  const send = (message: ToChild): void => {
    // A failure to send is the end of the process, which is heard of below.
    if (alive && child.process.connected) child.process.send(message, () => undefined)
  }

  const end = (fail: (job: Pending) => ModelError): void => {
    if (!alive) return
    alive = false
    for (const job of pending.values()) job.stream.fail(fail(job))
  }

  const crash = (how: string): void => {
    const culprits = findCulprits([...pending.values()], loading)
    const complaint = child.lastComplaint()
    if (alive) {
      log.error(`The embedded engine ended (${how}): ${complaint ?? 'without a word'}`)
      options.onCrash(culprits)
    }
    end(({ file }) => crashError(file, culprits, { how, complaint }))
  }

  child.process.on('message', (message) => {
    if (isFromChild(message)) receive(message, { pending, loading, log })
  })
  child.process.on('error', (cause) => end(() => startError(cause)))
  whenGone(child.process, crash)

  return {
    alive: () => alive,
    unload: (file) => send({ type: 'unload', file }),
    stop() {
      end(() => cancelled())
      // It holds nothing that is worth a farewell, and native code may not listen to one.
      child.process.kill('SIGKILL')
    },
    async *run(request, file, signal) {
      const id = nextId++
      const stream = createPartStream<Reply>()
      pending.set(id, { file, stream, started: false })
      const abort = (): void => stream.fail(cancelled(signal.reason))
      signal.addEventListener('abort', abort, { once: true })
      send({ ...request, id })
      try {
        for await (const reply of stream) {
          if (signal.aborted) throw cancelled(signal.reason)
          yield reply
        }
      } finally {
        signal.removeEventListener('abort', abort)
        pending.delete(id)
        // Unknown to the child where the job has ended by itself.
        send({ type: 'cancel', id })
      }
    },
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

interface Receiver {
  readonly pending: ReadonlyMap<number, Pending>
  readonly loading: Set<string>
  readonly log: Log
}

function receive(message: FromChild, { pending, loading, log }: Receiver): void {
  if (message.type === 'log') return log[message.level](`llama.cpp: ${message.message}`)
  if (message.type === 'loading') return void loading.add(message.file)
  if (message.type === 'loaded') return void loading.delete(message.file)
  const job = pending.get(message.id)
  if (job === undefined) return undefined
  if (message.type === 'started') job.started = true
  else if (message.type === 'done') job.stream.end()
  else if (message.type === 'failed') job.stream.fail(new ModelError(message))
  else job.stream.push(message)
  return undefined
}

/** A file that was being loaded is the likeliest cause, then those in use, then those asked for. */
function findCulprits(jobs: readonly Pending[], loading: ReadonlySet<string>): readonly ModelFile[] {
  const choices = [
    jobs.filter(({ file }) => loading.has(file.path)),
    jobs.filter(({ started }) => started),
    jobs.length === 1 ? jobs : [],
  ]
  const files = (choices.find((group) => group.length > 0) ?? []).map(({ file }) => file)
  return [...new Map(files.map((file) => [file.path, file])).values()]
}

interface CrashReport {
  readonly how: string
  readonly complaint: string | undefined
}

function crashError(
  file: ModelFile,
  culprits: readonly ModelFile[],
  { how, complaint }: CrashReport,
): ModelError {
  const cause = new Error(complaint ?? how)
  if (culprits.some(({ path }) => path === file.path)) {
    const advice =
      how === 'SIGKILL'
        ? "memory may have run out: lower the connection's context size, or choose a smaller model."
        : 'the file is damaged or of an unknown kind: download it again, or choose another.'
    const message = `llama.cpp ended (${how}) while it used ${file.path}; ${advice}`
    return new ModelError({ code: 'engine-failed', message, cause })
  }
  const others = culprits.map(({ path }) => path).join(', ')
  const blame = others === '' ? `(${how})` : `because of ${others}`
  const message = `The embedded engine ended ${blame} while ${file.path} was in use: send the request again.`
  return new ModelError({ code: 'engine-failed', message, retryable: true, cause })
}

function startError(cause: Error): ModelError {
  const message = `The embedded engine could not be started (${cause.message}): reinstall the extension, or use a server such as Ollama.`
  return new ModelError({ code: 'engine-failed', message, cause })
}
