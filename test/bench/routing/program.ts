// Measures the ranking of a thousand models and the router around a model that answers at once, and prints every single
// time in microseconds.
import type { Chat, ChatRequest } from '../../../src/core/chat.js'
import type { ModelInfo } from '../../../src/core/model.js'
import { createBreaker } from '../../../src/core/routing/breaker.js'
import { createCandidates, measureCandidates } from '../../../src/core/routing/candidates.js'
import { createMemoryCircuitStore } from '../../../src/core/routing/circuitStore.js'
import { createConcurrencyLimiter } from '../../../src/core/routing/concurrency.js'
import { createDecisionLog } from '../../../src/core/routing/decisions.js'
import { abilityMask } from '../../../src/core/routing/features.js'
import { createPlanner } from '../../../src/core/routing/planner.js'
import { rank } from '../../../src/core/routing/rank.js'
import { createRecentAnswers } from '../../../src/core/routing/recent.js'
import { createRouter } from '../../../src/core/routing/router.js'
import { resolveRoutes } from '../../../src/core/routing/routes.js'
import { resolveWeights } from '../../../src/core/routing/weights.js'
import { estimateInput } from '../../../src/core/tokens/calibration.js'
import { createTokenCounter } from '../../../src/core/tokens/estimate.js'
import { createClock } from '../../../src/platform/clock.js'
import { createMemoryLog } from '../../fakes/memoryStores.js'
import { createModel } from '../../fakes/models.js'
import { createRandom } from '../../fakes/seededRandom.js'

/** Microseconds, one for each time. */
export type RoutingFigures = Readonly<
  Record<'rank' | 'plan' | 'route' | 'direct' | 'plain', readonly number[]>
>

const times = 10_000
const warmUp = 2_000
const random = createRandom(7)
const clock = createClock()
const between = (least: number, most: number): number => least + random() * (most - least)

function inventModel(index: number): ModelInfo {
  const suffix = ['mini', 'pro', '7b', '70b', 'sonnet'][index % 5] ?? ''
  return createModel({
    connection: `c${index % 9}`,
    id: `model-${index}-${suffix}`,
    location: index % 6 === 0 ? 'local' : 'cloud',
    capabilities: { toolCalling: index % 4 !== 0, reasoning: index % 2 === 0 },
    contextWindow: Math.round(between(8_000, 1_000_000)),
    maxOutputTokens: 8_192,
    pricing: index % 11 === 0 ? {} : { input: between(0, 15), output: between(0, 75) },
    releasedAt: `202${4 + (index % 3)}-0${1 + (index % 9)}-01`,
  })
}

const thousand = Array.from({ length: 1_000 }, (_, index) => inventModel(index))

async function time(work: () => unknown): Promise<number[]> {
  const found: number[] = []
  for (let count = 0; count < warmUp + times; count++) {
    const begun = performance.now()
    await work()
    if (count >= warmUp) found.push((performance.now() - begun) * 1_000)
  }
  return found
}

function timeNow(work: () => unknown): number[] {
  const found: number[] = []
  for (let count = 0; count < warmUp + times; count++) {
    const begun = performance.now()
    work()
    if (count >= warmUp) found.push((performance.now() - begun) * 1_000)
  }
  return found
}

/** The whole order of a thousand models, by all sides and two limits, with tools wanted. */
function rankOnce(): () => void {
  const set = createCandidates(thousand, { now: clock.now() })
  const measured = measureCandidates(set, () => ({
    requests: 9,
    firstPartMs: { p50: 400, p95: 1_900 },
    healthScore: 90,
  }))
  const needs = {
    abilities: abilityMask(['toolCalling']),
    inputTokens: 6_000,
    outputTokens: 0,
    expectedOutputTokens: 1_000,
  }
  const options = { measured, needs, weights: resolveWeights('balanced') }
  return () => {
    const ranking = rank({ maxCost: 1 }, set, options)
    if (ranking.usable < 300 || ranking.model(0) === undefined) throw new Error('Too few models were ranked.')
  }
}

const request: ChatRequest = {
  model: { connection: 'auto', id: '' },
  messages: [{ role: 'user', content: [{ type: 'text', text: 'What does this function do? '.repeat(80) }] }],
  caller: { door: 'api' },
}

const answer: Chat = async function* answer({ model }) {
  yield { type: 'route', model, reason: 'It was asked for.' }
  yield { type: 'text', text: 'It adds.' }
  yield { type: 'finish', reason: 'stop' }
}

function createPipeline(models: readonly ModelInfo[]) {
  const breaker = createBreaker({ store: createMemoryCircuitStore(), clock, log: createMemoryLog() })
  const recent = createRecentAnswers({ clock })
  const tokens = createTokenCounter()
  const routes = resolveRoutes([])
  const planner = createPlanner({
    models: () => models,
    estimateInput: (asked) => estimateInput(tokens, 'auto', asked),
    breaker,
    recent,
    clock,
    random,
  })
  let count = 0
  const chat = createRouter({
    registry: {
      find: (ref) => models.find(({ connection, id }) => connection === ref.connection && id === ref.id),
      view: () => undefined,
      models: () => models,
    },
    attempt: answer,
    planner,
    breaker,
    recent,
    routes: () => routes,
    decisions: createDecisionLog(),
    concurrency: createConcurrencyLimiter({ limitOf: () => 8, clock }),
    clock,
    random,
    createId: () => `request-${++count}`,
  })
  return { planner, chat, routes }
}

async function run(chat: Chat, model: ChatRequest['model']): Promise<void> {
  let parts = 0
  for await (const part of chat({ ...request, model }, new AbortController().signal))
    if (part.type !== 'usage') parts++
  if (parts !== 3) throw new Error(`There were ${parts} parts, not three.`)
}

async function measure(): Promise<RoutingFigures> {
  const { planner, chat, routes } = createPipeline(thousand)
  const auto = routes.get('auto')
  if (auto === undefined) throw new Error('There is no route.')
  const first = thousand[0] ?? createModel()
  return {
    rank: timeNow(rankOnce()),
    plan: timeNow(() => planner.plan(request, auto)),
    route: await time(() => run(chat, request.model)),
    direct: await time(() => run(chat, first)),
    plain: await time(() => run(answer, first)),
  }
}

console.log(JSON.stringify(await measure()))
