import { openApi } from '../../src/api/openApi.js'
import { createApiReader } from '../../src/vscode/apiReader.js'
import { createMemoryLog } from './memoryStores.js'
import { createRetrieval } from './retrieval.js'

const priced = (id: string, input: number, output: number) => ({
  id,
  capabilities: { toolCalling: true },
  pricing: { input, output },
})

/** Texts that share letters are alike. */
function countLetters(text: string): readonly number[] {
  return Array.from('abcdefghijklmnopqrstuvwxyz', (letter) => text.split(letter).length - 1)
}

/** What docs/api.md speaks of: VS Code, with Roundhouse in it, as far as its examples look at it. */
export async function openExample() {
  const retrieval = await createRetrieval({
    embedText: countLetters,
    connections: {
      work: { models: [priced('gpt-5', 1.25, 10), priced('gpt-5-mini', 0.25, 2)], retrieves: false },
      home: {
        location: 'local',
        models: [
          { id: 'embeddings', capabilities: { embedding: true } },
          { id: 'ranking', capabilities: { reranking: true } },
        ],
      },
    },
  })
  const { pipeline, registry } = retrieval
  const caller = { door: 'api', extension: 'acme.search' } as const
  const getApi = async (version: unknown, extension: unknown) =>
    openApi(
      { version, extension },
      (id) => id === caller.extension,
      () => ({
        caller: () => caller,
        models: () => registry.models(),
        onDidChange: registry.onDidChange,
        untilListed: async () => {},
        load: async () => pipeline,
        read: createApiReader(),
        log: createMemoryLog(),
      }),
    )
  const roundhouse = { activate: async () => ({ getApi }) }
  return {
    vscode: {
      extensions: {
        getExtension: (id: string) => (id === 'roundhouse.roundhouse' ? roundhouse : undefined),
      },
    },
    context: { extension: { id: caller.extension } },
    close: () => retrieval.close(),
  }
}
