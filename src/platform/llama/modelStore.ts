import { totalmem } from 'node:os'
import { setImmediate } from 'node:timers/promises'
import type {
  ChatWrapper,
  LlamaContext,
  LlamaContextSequence,
  LlamaEmbeddingContext,
  LlamaModel,
  LlamaRankingContext,
} from 'node-llama-cpp'
import { createTurnQueue } from '../../core/turnQueue.js'
import { resolveChatFormat } from './chatFormat.js'
import { contextFor, largestContext, pooledContextFor } from './contextSize.js'
import { type ContextNeed, keepContext } from './keptContext.js'
import type { LlamaEngine } from './llamaModule.js'
import type { ModelUse } from './protocol.js'

export interface OpenModel {
  readonly model: LlamaModel
  readonly wrapper: ChatWrapper
  /** Tokens. */
  readonly largestContext: number
  readonly gpuLayers: GpuLayers
  /** Each with room for prompt and answer, or for the longest text; only for whoever has the file’s turn. */
  sequence(need: ContextNeed): Promise<LlamaContextSequence>
  embedding(need: ContextNeed): Promise<LlamaEmbeddingContext>
  ranking(need: ContextNeed): Promise<LlamaRankingContext>
  dispose(): Promise<void>
}

type GpuLayers = number | 'auto'

export interface ModelStore {
  /** Requests for one file wait here for one another. */
  turn(file: string, signal: AbortSignal): Promise<() => void>
  /** Loaded anew where it was loaded with another number of layers on the GPU; as it is where the use does not say. */
  open(file: string, use?: Pick<ModelUse, 'gpuLayers'>): Promise<OpenModel>
  /** What is in memory now, whoever is using it; of use for nothing but its vocabulary. */
  loaded(file: string): OpenModel | undefined
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
  const turns = createTurnQueue()
  const models = new Map<string, Promise<OpenModel>>()
  const inMemory = new Map<string, OpenModel>()
  // One at a time: whatever ends the process in the meantime is that file's fault.
  const loading = createTurnQueue()
  const forget = (file: string): void => {
    models.delete(file)
    inMemory.delete(file)
  }

  const load = async (file: string, gpuLayers: GpuLayers): Promise<OpenModel> => {
    const leave = await loading.take('load', new AbortController().signal)
    await announce('loading', file)
    engine.takeComplaint()
    try {
      const open = await openModel(engine, file, gpuLayers)
      inMemory.set(file, open)
      return open
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
    turn: (file, signal) => turns.take(file, signal),
    loaded: (file) => inMemory.get(file),
    async open(file, use) {
      const layers = gpuLayersFor(engine.llama.gpu !== false, use?.gpuLayers)
      const known = await models.get(file)
      if (known !== undefined && (use === undefined || known.gpuLayers === layers)) return known
      forget(file)
      await known?.dispose()
      const loaded = load(file, layers)
      models.set(file, loaded)
      return await loaded
    },
    async unload(file) {
      if (!models.has(file)) return
      const leave = await turns.take(file, new AbortController().signal)
      try {
        const open = models.get(file)
        forget(file)
        await (await open)?.dispose()
      } finally {
        leave()
      }
    },
  }
}

async function openModel(
  { llama, module }: LlamaEngine,
  file: string,
  gpuLayers: GpuLayers,
): Promise<OpenModel> {
  const model = await llama.loadModel({ modelPath: file, gpuLayers })
  const chat = keepContext({
    create: (options) => model.createContext(options),
    sizeFor: ({ needed, limit }, outgrown) => contextFor(needed, limit, outgrown),
  })
  // A text that is evaluated whole has to fit in one batch.
  const whole = <O extends { readonly contextSize: number }>(options: O) => ({
    ...options,
    batchSize: options.contextSize,
  })
  const sizeFor = ({ needed, limit }: ContextNeed): number => pooledContextFor(needed, limit)
  return {
    model,
    gpuLayers,
    wrapper: resolveChatFormat(module, model),
    largestContext: largestContext(model.fileInsights, contextMemory(model.size)),
    sequence: keepSequence(chat),
    embedding: keepContext({ create: (options) => model.createEmbeddingContext(whole(options)), sizeFor }),
    ranking: keepContext({ create: (options) => model.createRankingContext(whole(options)), sizeFor }),
    dispose: () => model.dispose(),
  }
}

/** A context has one sequence to give. */
function keepSequence(
  contextOf: (need: ContextNeed) => Promise<LlamaContext>,
): (need: ContextNeed) => Promise<LlamaContextSequence> {
  let last: { readonly context: LlamaContext; readonly sequence: LlamaContextSequence } | undefined
  return async (need) => {
    const context = await contextOf(need)
    if (last?.context !== context) last = { context, sequence: context.getSequence() }
    return last.sequence
  }
}

/** Where there is a GPU and nobody says, llama.cpp decides. */
export function gpuLayersFor(hasGpu: boolean, asked: number | undefined): GpuLayers {
  return hasGpu ? (asked ?? 'auto') : 0
}
