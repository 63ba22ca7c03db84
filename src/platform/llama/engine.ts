import { availableParallelism } from 'node:os'
import { minuteMs } from '../../core/durations.js'
import { cancelled, ModelError } from '../../core/errors.js'
import type { Clock, EmbeddedEngine, Environment, Log } from '../../core/ports.js'
import { createAdmission } from './admission.js'
import type { ChildProgram } from './childProgram.js'
import { type ChildSession, type JobRequest, startChildSession } from './childSession.js'
import { createCrashMemory } from './crashMemory.js'
import { createLeases } from './leases.js'
import { type ModelFile, resolveModelPath } from './modelFile.js'
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
  /** Milliseconds that a cancelled request may still run before its process counts as hung; 20 s where absent. */
  readonly graceMs?: number
}

const defaultGraceMs = 20_000
const defaultIdleMs = 10 * minuteMs
/** Milliseconds that the process stays after it only looked at files. */
const inspectLingerMs = 15_000

/** More threads than real cores make llama.cpp slower, many times over on a busy machine. */
export function defaultThreads(processors = availableParallelism()): number {
  return Math.max(1, Math.min(4, Math.floor(processors / 2)))
}

/** llama.cpp in one forked child: started by the first request, ended when nothing has used it for a while. */
export function createEmbeddedEngine(options: EmbeddedEngineOptions): EmbeddedEngine {
  const { builtinFolder, allowed, clock, idleMs = defaultIdleMs, threads = defaultThreads() } = options
  /** How long each model stays, as the last request for it said. */
  const stays = new Map<string, number>()
  const crashes = createCrashMemory(clock)
  const admit = createAdmission({ builtinFolder, allowed, crashes })
  let session: ChildSession | undefined
  let disposed = false

  const stop = (): void => {
    session?.stop()
    session = undefined
  }

  const leases = createLeases(clock, (path, last) => {
    if (last) stop()
    else session?.unload(path)
  })

  const start = (): ChildSession => {
    if (session?.alive() === true) return session
    const onCrash = (files: readonly ModelFile[]): void => files.forEach((file) => crashes.record(file))
    session = startChildSession({ graceMs: defaultGraceMs, ...options, onCrash })
    return session
  }

  const hold = (type: JobRequest['type'], path: string, stay: number | undefined): (() => void) => {
    // Looking at a file loads nothing, and must not shorten the stay of what is loaded; nor must counting.
    if (type === 'inspect') return leases.hold(type, Math.min(inspectLingerMs, idleMs))
    if (type !== 'count') stays.set(path, stay ?? idleMs)
    return leases.hold(path, stays.get(path) ?? idleMs)
  }

  const run: Run = async function* run(request, signal, stay) {
    const file = await admit(request.file, signal)
    if (disposed) throw cancelled()
    const release = hold(request.type, file.path, stay)
    try {
      yield* start().run({ ...request, file: file.path }, file, signal)
    } finally {
      release()
    }
  }

  return {
    ...createQuestions(run, threads),
    async *chat({ idleMs: stay, ...request }, signal) {
      for await (const reply of run({ type: 'chat', threads, ...request }, signal, stay)) {
        if (reply.type === 'parts') yield* reply.parts
      }
    },
    countLoaded: async (file, texts) =>
      await session?.countLoaded(resolveModelPath(file, builtinFolder), texts),
    dispose() {
      disposed = true
      leases.dispose()
      stop()
    },
  }
}

/** `stay`: milliseconds after its last use at which the model is unloaded. */
type Run = (request: JobRequest, signal: AbortSignal, stay?: number) => AsyncIterable<Reply>

type Questions = Pick<EmbeddedEngine, 'inspect' | 'countTokens' | 'embed' | 'rerank'>

/** What has one answer instead of a stream. */
function createQuestions(run: Run, threads: number): Questions {
  return {
    async embed({ idleMs: stay, ...request }, signal) {
      for await (const reply of run({ type: 'embed', threads, ...request }, signal, stay)) {
        if (reply.type === 'embeddings') return reply
      }
      throw unanswered(request.file)
    },
    async rerank({ idleMs: stay, ...request }, signal) {
      for await (const reply of run({ type: 'rerank', threads, ...request }, signal, stay)) {
        if (reply.type === 'ranking') return reply
      }
      throw unanswered(request.file)
    },
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
  }
}

function unanswered(file: string): ModelError {
  return new ModelError({
    code: 'engine-failed',
    message: `The embedded engine said nothing about ${file}: try again.`,
  })
}
