import assert from 'node:assert/strict'
import * as vscode from 'vscode'
import { compose } from '../../src/core/chat.js'
import { createCredentials } from '../../src/core/credentials/createCredentials.js'
import type { ListedModel } from '../../src/core/model.js'
import type { Connection } from '../../src/core/provider.js'
import { createRegistry } from '../../src/core/registry/createRegistry.js'
import { leastPauseMs } from '../../src/core/registry/pace.js'
import { createAttempt } from '../../src/core/routing/attempt.js'
import { createTokenCounter } from '../../src/core/tokens/estimate.js'
import { createChatProvider } from '../../src/vscode/chatProvider.js'
import { createChatRequests } from '../../src/vscode/chatRequests.js'
import { createManualClock, type ManualClock, settle } from '../fakes/manualClock.js'
import { createMemoryConnections, createMemoryFiles, createMemorySecrets } from '../fakes/memoryStores.js'
import {
  createConnection,
  createProviderPorts,
  createScriptedProvider,
  type ScriptedProvider,
} from '../fakes/scriptedProvider.js'

const listed: readonly ListedModel[] = [
  {
    id: 'gpt-5.4',
    name: 'GPT-5.4',
    contextWindow: 400_000,
    maxOutputTokens: 128_000,
    capabilities: { toolCalling: true, imageInput: true },
    pricing: { input: 1.25, output: 10 },
  },
  { id: 'mystery' },
  { id: 'vectors', capabilities: { embedding: true } },
  { id: 'old', lifecycle: { status: 'deprecated', retiresAt: '2027-01-15' } },
]

interface Bench {
  readonly clock: ManualClock
  readonly provider: ScriptedProvider
  readonly connections: ReturnType<typeof createMemoryConnections>
  readonly registry: ReturnType<typeof createRegistry>
  readonly subject: ReturnType<typeof createChatProvider>
}

/** The chat provider over the real core; only the model's provider and the stores are played. */
function createBench(initial: readonly Connection[] = [createConnection()]): Bench {
  const clock = createManualClock()
  const ports = createProviderPorts(clock)
  const { log } = ports
  const provider = createScriptedProvider()
  const providers = [provider]
  const connections = createMemoryConnections(initial)
  const secrets = createMemorySecrets()
  const credentials = createCredentials({ secrets, providers, environment: {}, log })
  const registry = createRegistry({
    connections,
    credentials,
    providers,
    ports,
    files: createMemoryFiles(),
    catalogs: [],
    inUse: () => true,
  })
  const chat = compose([], createAttempt({ registry, credentials, ports }))
  const subject = createChatProvider({
    registry,
    clock,
    ready: Promise.resolve(),
    loadRequests: async () =>
      createChatRequests({
        chat,
        confirmCost: async (request) => request,
        tokens: createTokenCounter(),
        clock,
        log,
        onLimited: () => {},
        readCallerContext: () => ({ workspace: 'house', branch: 'main' }),
        onAnswered: () => undefined,
        onFailed: () => {},
      }),
  })
  return { clock, provider, connections, registry, subject }
}

type Information = vscode.LanguageModelChatInformation & { readonly pricing?: string }

async function informationOf({ subject }: Bench): Promise<readonly Information[]> {
  const token = new vscode.CancellationTokenSource().token
  return (await subject.provideLanguageModelChatInformation({ silent: true }, token)) ?? []
}

describe('the chat provider', () => {
  it('describes a model by what is known: limits, abilities, price, connection', async () => {
    const bench = createBench()
    bench.provider.answerLists(listed)
    await bench.registry.start()
    await bench.registry.refresh()
    const model = (await informationOf(bench)).find(({ id }) => id === 'work/gpt-5.4')
    assert.ok(model !== undefined)
    const { name, family, detail, maxInputTokens, maxOutputTokens, capabilities, pricing } = model
    assert.deepEqual(
      { name, family, detail, maxInputTokens, maxOutputTokens, capabilities, pricing },
      {
        name: 'GPT-5.4',
        family: 'gpt-5.4',
        detail: 'Work',
        maxInputTokens: 272_000,
        maxOutputTokens: 128_000,
        capabilities: { toolCalling: true, imageInput: true },
        pricing: '$1.25 in, $10 out per 1M tokens',
      },
    )
    assert.match(
      model.tooltip ?? '',
      /GPT-5\.4 through Work \(Scripted, cloud\)\n\nContext 400,000 tokens, output up to 128,000\n\nPrice: \$1\.25 in/,
    )
  })

  it('says that it assumes a limit nobody states, and that a price is unknown', async () => {
    const bench = createBench()
    bench.provider.answerLists(listed)
    await bench.registry.start()
    await bench.registry.refresh()
    const model = (await informationOf(bench)).find(({ id }) => id === 'work/mystery')
    assert.match(model?.tooltip ?? '', /Context unknown; 32,768 tokens assumed/)
    assert.match(model?.tooltip ?? '', /Price: unknown/)
    assert.equal(model?.pricing, undefined)
    assert.deepEqual(model?.capabilities, { imageInput: false, toolCalling: true })
  })

  it('offers no embedding model for chat, and says when one will retire', async () => {
    const bench = createBench()
    bench.provider.answerLists(listed)
    await bench.registry.start()
    await bench.registry.refresh()
    const models = await informationOf(bench)
    assert.deepEqual(models.map(({ id }) => id).toSorted(), ['work/gpt-5.4', 'work/mystery', 'work/old'])
    assert.match(models.find(({ id }) => id === 'work/old')?.tooltip ?? '', /Deprecated, retires 2027-01-15/)
  })

  it('answers a burst from memory: the same list, without asking the provider again', async () => {
    const bench = createBench()
    bench.provider.answerLists(listed)
    await bench.registry.start()
    await bench.registry.refresh()
    const lists = await Promise.all(Array.from({ length: 20 }, () => informationOf(bench)))
    assert.ok(lists.every((list) => list === lists[0]))
    assert.equal(bench.provider.lists.length, 1)
  })

  it('waits for a list that nobody has seen for 250 ms at most, and only once', async () => {
    const bench = createBench([createConnection({ id: 'silent' })])
    bench.provider.answerLists({ type: 'deaf' })
    await bench.registry.start()
    let answers = 0
    const burst = [informationOf(bench), informationOf(bench)].map(async (asked) => {
      await asked
      answers++
    })
    await bench.clock.advance(249)
    assert.equal(answers, 0)
    await bench.clock.advance(1)
    await Promise.all(burst)
    assert.deepEqual(await informationOf(bench), [])
  })

  it('announces a change of the models, and nothing that leaves them as they are', async () => {
    const bench = createBench()
    bench.provider.answerLists(listed)
    await bench.registry.start()
    await bench.registry.refresh()
    let changes = 0
    bench.subject.onDidChangeLanguageModelChatInformation?.(() => void changes++)
    await bench.clock.advance(leastPauseMs)
    await bench.registry.refresh()
    assert.equal(changes, 0, 'the same list again')
    bench.provider.answerLists(listed.slice(0, 1))
    await bench.clock.advance(leastPauseMs)
    await bench.registry.refresh()
    assert.equal(changes, 1)
    assert.equal((await informationOf(bench)).length, 1)
    await bench.connections.save(createConnection({ enabled: false }))
    await settle()
    assert.equal(changes, 2)
    assert.deepEqual(await informationOf(bench), [])
  })
})
