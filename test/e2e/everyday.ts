// The connections of somebody who uses them every day, on local servers: the tests of the views look at them, and the
// pictures of the README are taken of them.
import { createServer } from 'node:net'
import type { ConnectionEntry } from './connections.js'
import {
  createAnthropicServer,
  createOllamaServer,
  createOpenaiServer,
  type ModelServer,
  ollamaModel,
} from './modelServers.js'

export interface Everyday {
  readonly connections: readonly ConnectionEntry[]
  readonly servers: {
    readonly openai: ModelServer
    readonly anthropic: ModelServer
    readonly ollama: ModelServer
    readonly together: ModelServer
  }
  /** By the connection's name; those of OpenAI and Anthropic are not entered yet. */
  readonly keys: Readonly<Record<string, string>>
  close(): Promise<void>
}

const keys = { OpenAI: 'sk-everyday-openai-5d2c', Anthropic: 'sk-ant-everyday-9b1e' } as const

/** What the real lists leave out; prices are USD per million tokens. */
function facts(
  context: number,
  output: number,
  pricing: readonly [number, number],
  abilities = ['toolCalling', 'imageInput', 'reasoning'],
) {
  const [input, outputPrice] = pricing
  return {
    contextWindow: context,
    maxOutputTokens: output,
    capabilities: Object.fromEntries(abilities.map((name) => [name, true])),
    pricing: { input, output: outputPrice },
  }
}

const openaiModels = {
  'gpt-5.5': { name: 'GPT-5.5', ...facts(400_000, 128_000, [5, 30]) },
  'gpt-5.4-mini': { name: 'GPT-5.4 mini', ...facts(400_000, 128_000, [0.75, 4.5]) },
}

const anthropicModels = {
  'claude-opus-4-8': { name: 'Claude Opus 4.8', ...facts(1_000_000, 128_000, [5, 25]) },
  'claude-sonnet-4-6': { name: 'Claude Sonnet 4.6', ...facts(1_000_000, 64_000, [3, 15]) },
  'claude-haiku-4-5': { name: 'Claude Haiku 4.5', ...facts(200_000, 64_000, [1, 5]) },
}

const ollamaModels = [
  ollamaModel('qwen3-coder:30b', { context: 262_144, parameters: '30.5B', size: 18_556_700_761 }),
  ollamaModel('llama3.3:70b', { context: 131_072, parameters: '70.6B', size: 42_520_412_561 }),
  ollamaModel('gemma3:12b', {
    context: 131_072,
    parameters: '12.2B',
    size: 8_149_190_253,
    capabilities: ['completion', 'vision'],
  }),
  ollamaModel('nomic-embed-text:v1.5', {
    context: 8_192,
    parameters: '137M',
    size: 274_302_450,
    capabilities: ['embedding'],
  }),
]

/** An address at which nobody answers. */
async function findDeadAddress(): Promise<string> {
  const server = createServer()
  const port = await new Promise<number>((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      resolve(typeof address === 'object' && address !== null ? address.port : 0)
    })
  })
  await new Promise((resolve) => server.close(resolve))
  return `http://127.0.0.1:${port}/v1`
}

const ids = (models: object) => Object.keys(models).map((id) => ({ id }))

export async function openEveryday(): Promise<Everyday> {
  const servers = {
    openai: await createOpenaiServer(),
    anthropic: await createAnthropicServer(),
    ollama: await createOllamaServer(),
    together: await createOpenaiServer(),
  }
  const { openai, anthropic, ollama, together } = servers
  openai.setKey(keys.OpenAI)
  openai.setModels(ids(openaiModels))
  anthropic.setKey(keys.Anthropic)
  anthropic.setModels(ids(anthropicModels))
  ollama.setModels(ollamaModels)
  together.setModels([{ id: 'deepseek-ai/DeepSeek-V3.1', type: 'chat', context_length: 131_072 }])
  const connections = [
    { id: 'openai', provider: 'openai', baseUrl: openai.baseUrl, api: 'chat', models: openaiModels },
    { id: 'anthropic', provider: 'anthropic', baseUrl: anthropic.baseUrl, models: anthropicModels },
    { id: 'groq', provider: 'groq' },
    { id: 'together', provider: 'together', enabled: false, baseUrl: together.baseUrl },
    { id: 'ollama', provider: 'ollama', baseUrl: ollama.baseUrl },
    { id: 'team', name: 'Team vLLM', provider: 'vllm', baseUrl: await findDeadAddress() },
    { id: 'llamacpp', name: 'On this machine', provider: 'llamacpp', files: ['${builtin}/welcome.gguf'] },
  ]
  return {
    connections,
    servers,
    keys,
    close: async () => void (await Promise.all(Object.values(servers).map((server) => server.close()))),
  }
}
