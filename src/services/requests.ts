import { createEmitter } from '../core/event.js'
import { createLateChat } from '../core/lateChat.js'
import { openLate } from '../core/openLate.js'
import type { Registry } from '../core/registry/registry.js'
import { createLocalPolicy } from '../core/routing/localOnly.js'
import { createRoutedRegistry, type RouteSource } from '../core/routing/routedRegistry.js'
import { createRouteTable } from '../core/routing/routeTable.js'
import type { AttemptRecord } from '../core/usage/attemptRecord.js'
import { refuseWithoutLedger } from '../core/usage/withoutLedger.js'
import type { Pipeline } from '../pipeline/pipeline.js'
import { providers } from '../providers/index.js'
import type { UsedContext } from '../vscode/extensionContext.js'
import { createKeptTextsOffer } from '../vscode/keptTextsOffer.js'
import { createPolicies } from '../vscode/policies/policies.js'
import { createParameterTemplates, createWrittenSettings } from '../vscode/settings.js'
import type { Foundations } from './foundations.js'
import { declaredSettings, inUse } from './host.js'
import { createRequestLoads, type RequestModels } from './requestLoads.js'
import { createShownNotices } from './shownNotices.js'

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

/** The way of a request. It is loaded when the lists are there, or with the first request. */
export function createRequests(context: UsedContext, foundations: Foundations, models: RequestModels) {
  const { log, localOnly, ports, settings: source, routeModels } = foundations
  const { registry, connections } = models
  const templates = createParameterTemplates({ source, log })
  const written = createWrittenSettings(Object.keys(declaredSettings(context)))
  const policies = createPolicies({
    source,
    log,
    localOnly,
    providers,
    connections: () => connections.list(),
  })
  const { notices, failures } = createShownNotices(ports.clock, log)
  const routes = createRouteTable(policies)
  const attempts = createEmitter<AttemptRecord>()
  const onAttempt = (record: AttemptRecord): void => attempts.fire(record)
  const parts = { policies, routes, templates, written, notices, failures, onAttempt }
  const { loadPlain, loadPipeline } = createRequestLoads(context, foundations, models, parts)
  const chat = createLateChat({
    load: async () => (await loadPipeline()).chat,
    plain: (request, signal) => openLate(async () => (await loadPlain()).chat(request, signal)),
    allowPlain: (cause) => refuseWithoutLedger(policies.budgets(), cause),
    log,
  })
  const loadTexts = async () => (await loadPipeline()).texts
  const offer = createKeptTextsOffer({ policies, loadTexts, notices, inUse, log })
  const close = async () => closeLoaded(loadPipeline.loaded())
  const routed = createRouted(registry, {
    ...policies,
    routes,
    routeModels,
    clock: ports.clock,
  })
  const resources = [offer, templates, policies, written, attempts]
  const shown = { notices, failures, onDidAttempt: attempts.event }
  return { loadPlain, policies, templates, ...shown, routed, chat, loadPipeline, close, resources }
}
