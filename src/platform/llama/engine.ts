import { availableParallelism } from 'node:os'
import { cancelled, ModelError } from '../../core/errors.js'
import type { Clock, EmbeddedEngine, EngineRequest, Environment, Log } from '../../core/ports.js'
import type { ChildProgram } from './childProgram.js'
import { type ChildSession, type JobRequest, startChildSession } from './childSession.js'
import { createCrashMemory } from './crashMemory.js'
import { createLeases } from './leases.js'
import { checkModelFile, resolveModelPath } from './modelFile.js'
import type { Reply } from './protocol.js'

export interface EmbeddedEngineOptions {
  readonly program: ChildProgram
  /** Folder of the models that come with the extension: `${builtin}/` in a file's name. */
  readonly builtinFolder?: string
  /** False where no process may be started, such as an untrusted workspace. Asked before every request. */
  readonly allowed: () => boolean
  readonly clock: Clock
  readonly log: Log
  readonly environment: Environment
  /** For requests that do not say; half of the processor's, four at most, where absent. */
  readonly threads?: number
  /** Milliseconds after its last use at which a model is unloaded; ten minutes where absent. */
  readonly idleMs?: number
}

const defaultIdleMs = 10 * 60_000
/** Milliseconds that the process stays after it only looked at files, which loads nothing. */
const inspectLingerMs = 15_000

/** More threads than real cores make llama.cpp slower, many times over on a busy machine. */
export function defaultThreads(processors = availableParallelism()): number {
  return Math.max(1, Math.min(4, Math.floor(processors / 2)))
}

/** llama.cpp in one forked child: started by the first request, ended when nothing has used it for a while. */
export function createEmbeddedEngine(options: EmbeddedEngineOptions): EmbeddedEngine {
  const { clock, idleMs = defaultIdleMs, threads = defaultThreads() } = options
  const crashes = createCrashMemory(clock)
  let session: ChildSession | undefined
  let disposed = false

  const leases = createLeases(clock, (path, last) => {
    if (last) stop()
    else session?.unload(path)
  })

  const stop = (): void => {
    session?.stop()
    session = undefined
  }

  const running = (): ChildSession => {
    if (session?.alive() === true) return session
    session = startChildSession({
      ...options,
      onCrash: (files) => files.forEach((file) => crashes.record(file)),
    })
    return session
  }

  async function* run(request: JobRequest, signal: AbortSignal): AsyncGenerator<Reply> {
    if (signal.aborted) throw cancelled(signal.reason)
    const path = resolveModelPath(request.file, options.builtinFolder)
    const file = await checkModelFile(path)
    crashes.check(file)
    if (disposed || signal.aborted) throw cancelled(signal.reason)
    if (!options.allowed()) throw restricted()
    const release =
      request.type === 'inspect'
        ? leases.hold('inspect', Math.min(inspectLingerMs, idleMs))
        : leases.hold(path, idleMs)
    try {
      yield* running().run({ ...request, file: path }, file, signal)
    } finally {
      release()
    }
  }

  return {
    async inspect(file, signal) {
      for await (const reply of run({ type: 'inspect', file }, signal)) {
        if (reply.type === 'facts') return reply.facts
      }
      throw unanswered(file)
    },
    async countTokens(file, text, signal) {
      for await (const reply of run({ type: 'count', file, text }, signal)) {
        if (reply.type === 'tokens') return reply.count
      }
      throw unanswered(file)
    },
    async *chat(request, signal) {
      for await (const reply of run(chatJob(request, threads), signal)) {
        if (reply.type === 'parts') yield* reply.parts
      }
    },
    dispose() {
      disposed = true
      leases.dispose()
      stop()
    },
  }
}

function chatJob(request: EngineRequest, threads: number): JobRequest {
  return { type: 'chat', threads, ...request }
}

function restricted(): ModelError {
  return new ModelError({
    code: 'forbidden',
    message:
      'Embedded models need a process of their own, which Restricted Mode does not allow: trust this workspace to use them.',
  })
}

function unanswered(file: string): ModelError {
  return new ModelError({
    code: 'engine-failed',
    message: `The embedded engine said nothing about ${file}: try again.`,
  })
}
