import { totalmem } from 'node:os'
import { setImmediate } from 'node:timers/promises'
import type { ChatWrapper, LlamaContext, LlamaContextSequence, LlamaModel } from 'node-llama-cpp'
import { contextFor, largestContext } from './contextSize.js'
import { createLine, type Line } from './line.js'
import { type LlamaEngine, usesMetal } from './llamaModule.js'

export interface OpenModel {
  readonly model: LlamaModel
  readonly wrapper: ChatWrapper
  /** Tokens. */
  readonly largestContext: number
  /** The model's present sequence, where it is large enough; else a new one. Only for whoever stands first in line. */
  sequence(request: SequenceRequest): Promise<LlamaContextSequence>
  dispose(): Promise<void>
}

interface SequenceRequest {
  /** Tokens of the prompt and of the answer. */
  readonly needed: number
  /** Tokens. */
  readonly limit: number
  readonly threads: number
  readonly signal: AbortSignal
}

export interface ModelStore {
  /** Requests for one file wait here for one another. */
  line(file: string): Line
  open(file: string): Promise<OpenModel>
  /** After whoever is using it. */
  unload(file: string): Promise<void>
}

/** What attention caches may use: half of the machine, less what the weights take. */
export function contextMemory(weightBytes: number): number {
  return Math.max(totalmem() / 2 - weightBytes, 256 * 1024 * 1024)
}

/** Loads a file when it is first asked for, once, and keeps it until it is unloaded. */
export function createModelStore(
  engine: LlamaEngine,
  announce: (type: 'loading' | 'loaded', file: string) => Promise<void>,
): ModelStore {
  const lines = new Map<string, Line>()
  const models = new Map<string, Promise<OpenModel>>()
  // One at a time: whatever ends the process in the meantime is that file's fault.
  const loading = createLine()

  const line = (file: string): Line => {
    const known = lines.get(file) ?? createLine()
    lines.set(file, known)
    return known
  }

  const load = async (file: string): Promise<OpenModel> => {
    const leave = await loading.enter(new AbortController().signal)
    await announce('loading', file)
    engine.takeComplaint()
    try {
      return await openModel(engine, file)
    } catch (error) {
      models.delete(file)
      // llama.cpp's own words arrive a moment after its failure.
      await setImmediate()
      const complaint = engine.takeComplaint()
      throw complaint === undefined ? error : new Error(complaint, { cause: error })
    } finally {
      await announce('loaded', file)
      leave()
    }
  }

  return {
    line,
    open(file) {
      const known = models.get(file) ?? load(file)
      models.set(file, known)
      return known
    },
    async unload(file) {
      if (!models.has(file)) return
      const leave = await line(file).enter(new AbortController().signal)
      try {
        const open = models.get(file)
        models.delete(file)
        await (await open)?.dispose()
      } finally {
        leave()
      }
    },
  }
}

async function openModel({ llama, module }: LlamaEngine, file: string): Promise<OpenModel> {
  const model = await llama.loadModel({ modelPath: file, gpuLayers: usesMetal ? 'auto' : 0 })
  let current: { context: LlamaContext; sequence: LlamaContextSequence; threads: number } | undefined
  return {
    model,
    wrapper: module.resolveChatWrapper(model),
    largestContext: largestContext(model.fileInsights, contextMemory(model.size)),
    async sequence({ needed, limit, threads, signal }) {
      const outgrown = current?.context.contextSize
      if (current !== undefined && current.threads === threads && current.context.contextSize >= needed) {
        return current.sequence
      }
      await current?.context.dispose()
      current = undefined
      const contextSize = contextFor(needed, limit, outgrown)
      const context = await model.createContext({ contextSize, threads, createSignal: signal })
      current = { context, sequence: context.getSequence(), threads }
      return current.sequence
    },
    dispose: () => model.dispose(),
  }
}
