import type { ResponsePart } from '../../core/chat.js'
import { isModelError, type ModelError } from '../../core/errors.js'
import { countLoaded } from './countLoaded.js'
import { generate } from './generate.js'
import { checkGguf } from './gguf/checkGguf.js'
import { inspectFile } from './inspect.js'
import type { LlamaEngine } from './llamaModule.js'
import { contextMemory, createModelStore, type ModelStore, type OpenModel } from './modelStore.js'
import { embed, rerank } from './pooled.js'
import type { Ending, FromChild, Job, ToChild } from './protocol.js'

export interface Worker {
  handle(message: ToChild): void
}

interface WorkerOptions {
  readonly loadEngine: () => Promise<LlamaEngine>
  /** Resolves when the message has left the process. */
  readonly send: (message: FromChild) => Promise<void>
}

interface Engine {
  readonly engine: LlamaEngine
  readonly store: ModelStore
}

/** Runs jobs inside the child process; each ends with one `done` or `failed`. */
export function createWorker({ loadEngine, send }: WorkerOptions): Worker {
  const running = new Map<number, AbortController>()
  let loaded: Promise<Engine> | undefined

  const report = (message: FromChild): void => {
    // A parent that is gone takes this process with it; there is nobody left to tell.
    send(message).catch(() => undefined)
  }

  const load = async (): Promise<Engine> => {
    try {
      const engine = await loadEngine()
      return { engine, store: createModelStore(engine, (type, file) => send({ type, file })) }
    } catch (error) {
      loaded = undefined
      throw error
    }
  }

  const isOpen = async (file: string): Promise<boolean> => (await loaded)?.store.loaded(file) !== undefined

  const run = async (job: Job): Promise<void> => {
    const controller = new AbortController()
    running.set(job.id, controller)
    let ending: Ending = { type: 'done', id: job.id }
    try {
      if (!(await isOpen(job.file))) await checkGguf(job.file)
      controller.signal.throwIfAborted()
      loaded ??= load()
      await perform(await loaded, job, { signal: controller.signal, report })
    } catch (error) {
      ending = { type: 'failed', id: job.id, ...describe(error, job.file) }
    } finally {
      running.delete(job.id)
    }
    report(ending)
  }

  const count = async (id: number, file: string, texts: readonly string[]): Promise<void> => {
    try {
      const engine = await loaded
      report({ type: 'counts', id, counts: engine && (await countLoaded(engine.store, file, texts)) })
    } catch {
      // Whoever had the engine loaded is told why it failed; here there is just no count.
      report({ type: 'counts', id })
    }
  }

  return {
    handle(message) {
      if (message.type === 'cancel') running.get(message.id)?.abort()
      else if (message.type === 'unload')
        void loaded?.then(({ store }) => store.unload(message.file)).catch(() => undefined)
      else if (message.type === 'countLoaded') void count(message.id, message.file, message.texts)
      else void run(message)
    },
  }
}

interface Turn {
  readonly signal: AbortSignal
  readonly report: (message: FromChild) => void
}

async function perform({ engine, store }: Engine, job: Job, { signal, report }: Turn): Promise<void> {
  if (job.type === 'inspect') {
    const facts = await inspectFile(engine.module, engine.llama, job.file, contextMemory(0))
    report({ type: 'facts', id: job.id, facts })
    return
  }
  const leave = await store.turn(job.file, signal)
  try {
    report({ type: 'started', id: job.id })
    const open = await store.open(job.file, job.type === 'count' ? undefined : job)
    signal.throwIfAborted()
    await answer(engine, open, job, { signal, report })
  } finally {
    leave()
  }
}

async function answer(
  engine: LlamaEngine,
  open: OpenModel,
  job: Exclude<Job, { type: 'inspect' }>,
  { signal, report }: Turn,
): Promise<void> {
  const { id } = job
  switch (job.type) {
    case 'count':
      return report({ type: 'tokens', id, count: open.model.tokenize(job.text).length })
    case 'embed':
      return report({ type: 'embeddings', id, ...(await embed(open, job, signal)) })
    case 'rerank':
      return report({ type: 'ranking', id, ...(await rerank(open, job, signal)) })
    case 'chat': {
      const send = (parts: readonly ResponsePart[]): void => report({ type: 'parts', id, parts })
      return await generate({ module: engine.module, open, job, signal, send })
    }
  }
}

/** What a failure means to a user, by the name of node-llama-cpp's error. */
const sentences: Readonly<Record<string, (file: string, detail: string) => string>> = {
  InsufficientMemoryError: (file, detail) =>
    `${file} needs more memory than is free (${detail}): lower the connection's context size, or choose a smaller model.`,
  NoBinaryFoundError: () =>
    `llama.cpp has no build for this machine (${process.platform}-${process.arch}): use a server such as Ollama instead.`,
}

function describe(error: unknown, file: string): Pick<ModelError, 'code' | 'message'> {
  if (isModelError(error)) return { code: error.code, message: error.message }
  const name = error instanceof Error ? error.constructor.name : ''
  const [first = ''] = (error instanceof Error ? error.message : String(error)).split('\n')
  const detail = first.replace(/^\w+: (error loading model: )?/, '')
  const sentence =
    (Object.hasOwn(sentences, name) ? sentences[name]?.(file, detail) : undefined) ??
    `llama.cpp cannot use ${file} (${detail}): the file is damaged, incomplete or of an unknown kind. ` +
      'Download it again, or choose another.'
  return { code: 'engine-failed', message: sentence }
}
