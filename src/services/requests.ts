import { type ChatRequest, compose } from '../core/chat.js'
import { createRefreshKey } from '../core/credentials/refreshKey.js'
import { createLateChat, createRetriedLoad } from '../core/lateChat.js'
import { createDefaultParameters } from '../core/parameters/defaults.js'
import type { Clock, Log } from '../core/ports.js'
import type { Registry } from '../core/registry/registry.js'
import { createAttempt } from '../core/routing/attempt.js'
import { createLocalPolicy } from '../core/routing/localOnly.js'
import { createRoutedRegistry, type RouteSource } from '../core/routing/routedRegistry.js'
import { createRouteTable } from '../core/routing/routeTable.js'
import { calibrateTokens } from '../core/tokens/calibration.js'
import { createTokenCounter } from '../core/tokens/estimate.js'
import { refusesUnknownPrice } from '../core/usage/budgetPlan.js'
import { refuseWithoutLedger } from '../core/usage/withoutLedger.js'
import type { Pipeline } from '../pipeline/pipeline.js'
import { providers } from '../providers/index.js'
import type { UsedContext } from '../vscode/extensionContext.js'
import { createFailureNotices } from '../vscode/failureNotices.js'
import { createKeptTextsOffer } from '../vscode/keptTextsOffer.js'
import { createPaidRoutes } from '../vscode/paidRoutes.js'
import { createPolicies } from '../vscode/policies/policies.js'
import { createParameterTemplates, createWrittenSettings } from '../vscode/settings.js'
import { createUsageNotices } from '../vscode/usageNotices.js'
import { createAudited } from './audited.js'
import type { Foundations } from './foundations.js'
import { executeCommand, inUse, loadUi } from './host.js'
import type { Models } from './models.js'

interface RoutedOptions extends Omit<RouteSource, 'policy'> {
  readonly isLocalOnly: () => boolean
}

const createRouted = (registry: Registry, options: RoutedOptions): Registry =>
  createRoutedRegistry(registry, { ...options, policy: createLocalPolicy(options) })

/** A pipeline that could not be loaded has been told of already. */
async function closeLoaded(loading: Promise<Pipeline> | undefined): Promise<void> {
  const pipeline = await loading?.catch(() => undefined)
  await pipeline?.close()
}

/** Every setting that the manifest declares. */
function settingKeys({ extension }: UsedContext): readonly string[] {
  const { properties } = extension.packageJSON.contributes.configuration
  return Object.keys(properties)
}

/** What stands beside Chat. */
function createShownNotices(clock: Clock, log: Log) {
  const common = { loadUi, host: { execute: executeCommand }, log }
  return { notices: createUsageNotices(common), failures: createFailureNotices({ ...common, clock }) }
}

/** The way of a request. It is loaded when the lists are there, or with the first request. */
export function createRequests(
  context: UsedContext,
  { log, redact, localOnly, ports }: Foundations,
  {
    registry,
    credentials,
    secrets,
    connections,
    healthRecords,
    tests,
  }: Pick<Models, 'registry' | 'credentials' | 'secrets' | 'connections' | 'healthRecords' | 'tests'>,
) {
  const tokens = createTokenCounter()
  const templates = createParameterTemplates(log)
  const written = createWrittenSettings(settingKeys(context))
  const policies = createPolicies({ log, localOnly, providers, connections: () => connections.list() })
  const defaults = createDefaultParameters({ templates: () => templates.get(), log })
  const { notices, failures } = createShownNotices(ports.clock, log)
  const common = { registry, credentials, ports, defaults }
  const routes = createRouteTable(policies)
  const refreshKey = createRefreshKey({
    credentials,
    secrets,
    connection: (id) => registry.view(id)?.connection,
  })
  const loadPipeline = createRetriedLoad(async () => {
    const { createPipeline } = await import('../pipeline/createPipeline.js')
    return await createPipeline({
      ...common,
      folder: context.globalStorageUri.fsPath,
      version: String(context.extension.packageJSON.version),
      tokens,
      policies: { ...policies, routes },
      healthRecords,
      tests,
      audited: createAudited(connections, policies, { environment: ports.environment, written }),
      redact,
      inUse,
      refreshKey,
      onBudgetWarning: (warning) => notices.budget(warning),
      onAlert: (alert, silence) => notices.alert(alert, silence),
      onWait: (model, ms) => failures.wait(model, ms),
    })
  })
  const chat = createLateChat({
    load: async () => (await loadPipeline()).chat,
    plain: compose([calibrateTokens(tokens)], createAttempt(common)),
    allowPlain: (cause) => refuseWithoutLedger(policies.budgets(), cause),
    log,
  })
  const loadTexts = async () => (await loadPipeline()).texts
  const offer = createKeptTextsOffer({ policies, loadTexts, notices, inUse, log })
  const close = async () => closeLoaded(loadPipeline.loaded())
  const routed = createRouted(registry, { ...policies, routes, clock: ports.clock })
  const resources = [offer, templates, policies, written]
  return { tokens, policies, templates, notices, failures, routed, chat, loadPipeline, close, resources }
}

/** Each question is loaded when it is first wanted. */
export function createConfirmCost(
  memory: UsedContext['globalState'],
  { policies, loadPipeline }: ReturnType<typeof createRequests>,
  log: Log,
) {
  const loadCostQuestion = createRetriedLoad(async () => {
    const { createCostQuestion } = await import('../vscode/costQuestion.js')
    const loadQuote = async () => (await loadPipeline()).quote
    const paidRoutes = createPaidRoutes(memory, log)
    const { confirmAboveUsd } = policies
    return createCostQuestion({ confirmAboveUsd, loadQuote, loadUi, paidRoutes, log })
  })
  const loadPriceQuestion = createRetriedLoad(async () => {
    const { createPriceQuestion } = await import('../vscode/priceQuestion.js')
    const loadBudgets = async () => (await loadPipeline()).budgets
    return createPriceQuestion({ loadBudgets, loadUi, host: { execute: executeCommand }, log })
  })
  const mayRefusePrice = () => policies.budgets().some(refusesUnknownPrice)
  return async (request: ChatRequest, signal: AbortSignal) => {
    const chosen =
      policies.confirmAboveUsd() > 0 ? await (await loadCostQuestion())(request, signal) : request
    return mayRefusePrice() ? await (await loadPriceQuestion())(chosen, signal) : chosen
  }
}
