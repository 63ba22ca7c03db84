import type { ConnectionField, Provider } from '../core/provider.js'
import { lazyRankingProvider, type ProviderFacts, withTokenCount } from './shared/lazyProvider.js'

const fields: readonly ConnectionField[] = [
  {
    id: 'files',
    label: 'Model files',
    type: 'files',
    description: 'GGUF files on this disk, each of them one model.',
    required: true,
    asked: true,
  },
  {
    id: 'contextSize',
    label: 'Context size',
    type: 'number',
    description:
      'Tokens of a conversation at most. Without it, what the model was trained for, as far as half of the memory allows.',
    minimum: 512,
    maximum: 10_000_000,
  },
  {
    id: 'threads',
    label: 'Threads',
    type: 'number',
    description: 'Processor threads to use. Without it, half of the processor’s, four at most.',
    minimum: 1,
    maximum: 256,
  },
  {
    id: 'gpuLayers',
    label: 'GPU layers',
    type: 'number',
    description:
      'Layers of a model that the graphics processor computes, where the engine has one (Apple’s own chips). Without it, as many as fit; 0 is none.',
    minimum: 0,
    maximum: 10_000,
  },
  {
    id: 'idleMinutes',
    label: 'Unload after',
    type: 'number',
    description:
      'Minutes after its last use at which a model leaves the memory. Without it, ten; 0 is at once.',
    minimum: 0,
    maximum: 10_080,
  },
]

const facts: ProviderFacts = {
  id: 'llamacpp',
  name: 'llama.cpp (embedded)',
  location: 'local',
  description: 'Runs GGUF model files inside the extension, without a server, a key or a network.',
  fields,
}

const embedded = lazyRankingProvider(facts, async () => {
  const { createEmbeddedModels } = await import('./llamacpp/embeddedModels.js')
  return createEmbeddedModels()
})

export const llamacpp: Provider = {
  ...withTokenCount(embedded, () => import('./llamacpp/countTokens.js')),
  // Listed with every start, which needs nothing of the rest.
  async listModels(context) {
    const { listModels } = await import('./llamacpp/listModels.js')
    return await listModels(context)
  },
  async countLoaded({ modelId, texts }, { connection, engine }) {
    const { fileOf } = await import('./llamacpp/files.js')
    const file = fileOf(modelId, { connection })
    return file === undefined ? undefined : await engine.countLoaded(file, texts)
  },
}
