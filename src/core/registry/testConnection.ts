import type { Catalog } from '../catalog/catalog.js'
import { isModelError, ModelError } from '../errors.js'
import type { ListedModel, ModelInfo } from '../model.js'
import type { Connection, Provider, ProviderPorts } from '../provider.js'
import { wrapError } from '../wrapError.js'
import { listModels, type ModelList } from './listModels.js'
import { findFacts, offeredModels } from './offeredModels.js'
import type { Pause } from './pace.js'
import { chooseProbeModel } from './probeModel.js'

export interface ConnectionTest {
  readonly connection: Connection
  readonly provider: Provider
  /** The key to try, which need not be the stored one: a new key is tested before it takes an old one's place. */
  readonly key: string | undefined
  readonly ports: ProviderPorts
  readonly signal: AbortSignal
  /** Milliseconds that the list may take; 15 s where absent. */
  readonly timeLimitMs?: number
  /** For prices, which choose the model that is asked. */
  readonly catalogs?: readonly Catalog[]
  /**
   * When one token is asked of a model: where nothing else proves the key; also where that is free, which may load a
   * model; or in any case. `whenNeeded` where absent.
   */
  readonly chat?: 'whenNeeded' | 'whenFree' | 'always'
  /** Asked before a token is that may cost money; without it none such is asked. */
  readonly mayChat?: (probe: ChatProbe) => Promise<boolean>
  readonly onStep?: (step: TestStep) => void
}

export interface ChatProbe {
  readonly model: ModelInfo
  /** What the list has shown of the key. */
  readonly key: KeyVerdict
}

/** What a test is doing, or was doing when it failed. */
export type TestStep = 'list' | 'chat'

/** `unproven`: the same list is given without the key, too. */
type KeyVerdict = 'none' | 'proven' | 'unproven'

export interface ConnectionTestResult {
  /** Milliseconds until the model list was there. */
  readonly latencyMs: number
  readonly modelCount: number
  /** How many more the provider listed; absent if none. */
  readonly leftOut?: number
  readonly key: KeyVerdict
  /** Where a token was asked: of which model, and milliseconds until its answer began. */
  readonly chat?: { readonly model: string; readonly latencyMs: number }
  /** Where nothing was asked: the same test has just run, and this is how it went. */
  readonly pause?: Pause
}

async function listWith(test: ConnectionTest, key: string | undefined): Promise<ModelList> {
  const { connection, provider, ports, signal, timeLimitMs } = test
  const limit = timeLimitMs === undefined ? {} : { timeLimitMs }
  return await listModels({ connection, provider, key, ports, signal, ...limit })
}

const refusals: ReadonlySet<string> = new Set(['unauthorized', 'forbidden'])

/** A list that is refused without the key proves it; one that anybody gets says nothing of it. */
async function judgeKey(test: ConnectionTest): Promise<KeyVerdict> {
  if (test.key === undefined) return 'none'
  try {
    await listWith(test, undefined)
    return 'unproven'
  } catch (error) {
    if (test.signal.aborted) throw error
    return isModelError(error) && refusals.has(error.code) ? 'proven' : 'unproven'
  }
}

async function findProbe(
  test: ConnectionTest,
  models: readonly ListedModel[],
): Promise<ModelInfo | undefined> {
  const { connection, provider, catalogs = [] } = test
  const facts = await findFacts(catalogs, { connection, provider }, models, undefined)
  const list = { models, listedAt: test.ports.clock.now(), ...facts }
  return chooseProbeModel(offeredModels({ connection, provider }, list))
}

async function mayChat(test: ConnectionTest, probe: ChatProbe): Promise<boolean> {
  const { chat = 'whenNeeded' } = test
  const isFree = probe.model.location === 'local'
  const isWanted = chat === 'always' || probe.key === 'unproven' || (isFree && chat === 'whenFree')
  if (!isWanted) return false
  return isFree || ((await test.mayChat?.(probe)) ?? false)
}

/** Milliseconds until the answer began. Throws what the provider throws. */
async function ask(test: ConnectionTest, model: ModelInfo, maxOutputTokens: number): Promise<number> {
  const { connection, provider, key, ports, signal } = test
  const begun = ports.clock.monotonic()
  let latencyMs: number | undefined
  const parts = provider.chat(
    {
      model,
      messages: [{ role: 'user', content: [{ type: 'text', text: 'Hi' }] }],
      parameters: { maxOutputTokens },
    },
    { ...ports, connection, key, signal },
  )
  try {
    for await (const { type } of parts) {
      if (type !== 'route') latencyMs ??= ports.clock.monotonic() - begun
    }
  } catch (error) {
    // A model that reasons may have used up its one token before its first word.
    if (!isModelError(error) || error.code !== 'empty-response') throw error
  }
  return latencyMs ?? ports.clock.monotonic() - begun
}

/** Some APIs refuse to answer with fewer tokens. */
const leastTokens = 16

async function askOneToken(test: ConnectionTest, model: ModelInfo): Promise<number> {
  const { provider, signal } = test
  try {
    return await ask(test, model, 1).catch(async (error: unknown) => {
      if (isModelError(error) && error.code === 'invalid-request') return await ask(test, model, leastTokens)
      throw error
    })
  } catch (error) {
    throw wrapError(error, { provider, model: { connection: model.connection, id: model.id }, signal })
  }
}

/**
 * Lists the connection's models with the given key, sees whether the list proves the key, and asks a model for one
 * token where that is wanted and allowed. Throws ModelError; `onStep` has told where.
 */
export async function testConnection(test: ConnectionTest): Promise<ConnectionTestResult> {
  const { provider, key, ports } = test
  if (key === undefined && provider.key?.required === true) {
    throw new ModelError({
      code: 'unauthorized',
      message: `${provider.name} needs a key. Enter one, then test again.`,
      provider: provider.id,
    })
  }
  test.onStep?.('list')
  const begun = ports.clock.monotonic()
  const { models, ...more } = await listWith(test, key)
  const latencyMs = ports.clock.monotonic() - begun
  const result = { latencyMs, modelCount: models.length, ...more, key: await judgeKey(test) }
  // Prices are looked up only for a question that may be asked.
  const isIdle = result.key !== 'unproven' && (test.chat ?? 'whenNeeded') === 'whenNeeded'
  const model = isIdle ? undefined : await findProbe(test, models)
  if (model === undefined || !(await mayChat(test, { model, key: result.key }))) return result
  test.onStep?.('chat')
  return { ...result, chat: { model: model.id, latencyMs: await askOneToken(test, model) } }
}
