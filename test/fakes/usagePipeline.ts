import type { Chat, ChatRequest, ResponsePart } from '../../src/core/chat.js'
import type { ModelInfo, ModelRef, Usage } from '../../src/core/model.js'
import type { Clock, Database } from '../../src/core/ports.js'
import { createTokenCounter } from '../../src/core/tokens/estimate.js'
import { createAdmission } from '../../src/core/usage/admission.js'
import { watchAlso, watchAttempts } from '../../src/core/usage/attemptWatch.js'
import { type Budget, budgetDefaults } from '../../src/core/usage/budget.js'
import { type Budgets, createBudgets } from '../../src/core/usage/budgets.js'
import type { BudgetWarning } from '../../src/core/usage/budgetWarnings.js'
import { createEstimator } from '../../src/core/usage/estimateRequest.js'
import { type GroupedLedger, groupLedger } from '../../src/core/usage/groupedLedger.js'
import { createLedger } from '../../src/core/usage/ledger.js'
import { createMeter } from '../../src/core/usage/meter.js'
import { createRateLimiter } from '../../src/core/usage/rateLimiter.js'
import { createMemoryLog, type MemoryLog } from './memoryStores.js'

/** A model that costs 1 USD per million tokens of input and 10 of output, and answers 1,000 tokens at most; its cache is free. */
export function createPricedModel(facts: Partial<ModelInfo> = {}): ModelInfo {
  return {
    connection: 'work',
    id: 'small',
    provider: 'scripted',
    name: 'Small',
    family: 'small',
    version: '1',
    location: 'cloud',
    capabilities: {},
    maxOutputTokens: 1_000,
    pricing: { input: 1, output: 10, cacheRead: 0 },
    sources: { 'pricing.input': 'catalog', 'pricing.output': 'catalog' },
    ...facts,
  }
}

export function createUsage(facts: Partial<Usage> = {}): Usage {
  return {
    inputTokens: 0,
    outputTokens: 0,
    cacheReadInputTokens: 0,
    cacheWriteInputTokens: 0,
    reasoningOutputTokens: 0,
    accuracy: 'exact',
    ...facts,
  }
}

/** A hard monthly budget over everything, in UTC. */
export function createBudget(facts: Partial<Budget> = {}): Budget {
  return { ...budgetDefaults, id: 'month', name: 'Month', limit: 1, timeZone: 'UTC', ...facts }
}

/** Asks for an answer of 1,000 tokens at most. */
export function createRequest(facts: Partial<ChatRequest> = {}): ChatRequest {
  return {
    model: { connection: 'work', id: 'small' },
    messages: [{ role: 'user', content: [{ type: 'text', text: 'Hello' }] }],
    parameters: { maxOutputTokens: 1_000 },
    caller: { door: 'languageModel', extension: 'acme.helper' },
    ...facts,
  }
}

export interface UsagePipeline {
  readonly ledger: GroupedLedger
  readonly budgets: Budgets
  readonly warnings: BudgetWarning[]
  readonly log: MemoryLog
  readonly chat: Chat
  /** Until what was used stands in the database. */
  ask(facts?: Partial<ChatRequest>): Promise<ResponsePart[]>
}

export interface UsagePipelineOptions {
  readonly database: Database
  readonly clock: Clock
  readonly budgets?: readonly Budget[]
  readonly models?: readonly ModelInfo[]
  /** Those that only their connection's first list will have. */
  readonly unlisted?: readonly ModelInfo[]
  /** What each attempt answers. */
  readonly answer: Chat
}

/** Admission, meter and ledger of one window, around a chat, as the product has them. */
export function createUsagePipeline(options: UsagePipelineOptions): UsagePipeline {
  const { database, clock, models = [createPricedModel()] } = options
  const log = createMemoryLog()
  const warnings: BudgetWarning[] = []
  const tokens = createTokenCounter()
  const findModel = ({ connection, id }: ModelRef) =>
    models.find((model) => model.connection === connection && model.id === id)
  const loadModel = async ({ connection, id }: ModelRef) =>
    options.unlisted?.find((model) => model.connection === connection && model.id === id)
  let ids = 0
  const createId = (): string => `${process.pid}-${log.lines.length}-${++ids}-${Math.random()}`
  const estimate = createEstimator({ tokens })
  const catchUp = (): boolean => ledger.flush()
  const shared = { database, estimate, findModel, clock, log, catchUp }
  const budgets = createBudgets({
    ...shared,
    budgets: () => options.budgets ?? [],
    loadModel,
    createId,
    onWarning: (warning) => void warnings.push(warning),
  })
  const limiter = createRateLimiter({ ...shared, limitsOf: () => undefined })
  const rows = createLedger({
    database,
    log,
    settle: (records) => budgets.settle(records),
    onSettled: () => budgets.warn(),
  })
  const ledger: GroupedLedger = groupLedger({
    ledger: rows,
    expect: (record) => budgets.expect(record),
    clock,
  })
  const watched = watchAttempts(
    watchAlso(createAdmission({ limiter, budgets, database, clock }), [
      createMeter({ ledger, findModel, tokens, clock, createId }),
    ]),
  )
  const chat = watched(options.answer)
  return {
    ledger,
    budgets,
    warnings,
    log,
    chat,
    async ask(facts = {}) {
      const parts: ResponsePart[] = []
      try {
        for await (const part of chat(createRequest(facts), new AbortController().signal)) parts.push(part)
        return parts
      } finally {
        ledger.flush()
      }
    },
  }
}

/** No prompt is empty: where a test is about something else, it is a token that was read from the cache for nothing. */
const cachedPrompt = { inputTokens: 1, cacheReadInputTokens: 1 }

/** An answer of one text that says what it used. */
export function answerWith(facts: Partial<Usage>): Chat {
  const usage = createUsage({ ...(facts.inputTokens === undefined ? cachedPrompt : {}), ...facts })
  return async function* answer() {
    yield { type: 'text', text: 'Hello' }
    yield { type: 'usage', usage }
    yield { type: 'finish', reason: 'stop' }
  }
}
