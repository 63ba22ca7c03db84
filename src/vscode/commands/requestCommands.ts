import type { CacheStatistics } from '../../core/cache/statistics.js'
import type { ChatRequest } from '../../core/chat.js'
import { dayMs } from '../../core/durations.js'
import type { ModelRef } from '../../core/model.js'
import type { DecisionReport } from '../../core/routing/decisions.js'
import { isRoute } from '../../core/routing/routeProvider.js'
import { cacheReport } from '../views/cacheReport.js'
import { decisionReport } from '../views/decisionReport.js'
import { formatAge } from '../views/format.js'
import { healthReport } from '../views/healthReport.js'
import { parseTarget } from '../views/treeTarget.js'
import type { CommandHandlers, CommandServices } from './services.js'

const keepThem = 'Keep Them'

type RequestCommand =
  | 'roundhouse.explainRouting'
  | 'roundhouse.simulateRouting'
  | 'roundhouse.showHealth'
  | 'roundhouse.showCache'
  | 'roundhouse.clearCache'

async function showDecision(services: CommandServices, report: DecisionReport): Promise<void> {
  await services.reports.show('Routing', decisionReport(report))
}

async function explainRouting(services: CommandServices): Promise<void> {
  const { decisions } = await services.loadPipeline()
  const reports = decisions.list()
  if (reports.length === 0) {
    await services.ui.tell({
      level: 'info',
      message: 'No request has been sent yet. Ask a model first.',
    })
    return
  }
  const now = services.clock.now()
  const answer = await services.ui.pick({
    title: 'Explain Routing',
    placeholder: 'Which request?',
    rows: reports.map((report) => ({
      label: report.asked === report.chosen ? report.asked : `${report.asked} → ${report.chosen ?? 'none'}`,
      description: `${report.outcome}, ${formatAge(now - report.at)}`,
      value: report,
    })),
  })
  if (answer.kind === 'value') await showDecision(services, answer.value)
}

/** The route that the command was given, else the one the user picks. */
async function chooseRoute(services: CommandServices, argument: unknown): Promise<ModelRef | undefined> {
  const routes = services.routed.models().filter(isRoute)
  if (routes.length === 0) {
    const message = 'There is nothing to choose between: routes need two models. Add a connection first.'
    await services.ui.tell({ level: 'info', message })
    return undefined
  }
  const given = parseTarget(argument)?.model
  const known = routes.find(({ connection, id }) => connection === given?.connection && id === given.id)
  if (known !== undefined) return { connection: known.connection, id: known.id }
  const answer = await services.ui.pick({
    title: 'Simulate Routing',
    placeholder: 'Which route?',
    rows: routes.map(({ name, description, connection, id }) => ({
      label: name,
      ...(description === undefined ? {} : { detail: description }),
      value: { connection, id },
    })),
  })
  return answer.kind === 'value' ? answer.value : undefined
}

async function simulateRouting(services: CommandServices, argument: unknown): Promise<void> {
  const route = await chooseRoute(services, argument)
  if (route === undefined) return
  const prompt = await services.ui.input({
    title: 'Simulate Routing',
    prompt: 'What would be asked in Chat? Nothing is sent.',
    placeholder: 'E.g. Why does this test deadlock?',
  })
  if (prompt.kind !== 'value') return
  const request: ChatRequest = {
    model: route,
    messages: [{ role: 'user', content: [{ type: 'text', text: prompt.value }] }],
    // What is about this workspace counts here, too.
    caller: { door: 'playground', ...services.readCallerContext() },
  }
  const { simulateInChat } = await services.loadPipeline()
  const report = simulateInChat(request)
  if (report !== undefined) await showDecision(services, report)
}

interface Clearing {
  readonly label: string
  readonly detail?: string
  readonly filter: { readonly connection?: string; readonly createdBefore?: number }
}

function clearings({ clock, registry }: CommandServices): readonly Clearing[] {
  const now = clock.now()
  return [
    { label: 'Everything', filter: {} },
    { label: 'Older than a day', filter: { createdBefore: now - dayMs } },
    { label: 'Older than a week', filter: { createdBefore: now - 7 * dayMs } },
    ...registry.views().map(({ connection }) => ({
      label: connection.name,
      detail: 'Only the answers of this connection.',
      filter: { connection: connection.id },
    })),
  ]
}

async function clearCache(services: CommandServices): Promise<void> {
  const answer = await services.ui.pick({
    title: 'Clear Cache',
    placeholder: 'What is to be forgotten?',
    rows: clearings(services).map((row) => ({
      label: row.label,
      ...(row.detail === undefined ? {} : { detail: row.detail }),
      value: row.filter,
    })),
  })
  if (answer.kind !== 'value') return
  const { cache } = await services.loadPipeline()
  const deleted = await cache.clear(answer.value)
  services.ui.flash(deleted === 1 ? '1 kept answer forgotten' : `${deleted} kept answers forgotten`)
}

async function showHealth({ loadPipeline, registry, healthRecords, reports, clock }: CommandServices) {
  const { metrics, budgets } = await loadPipeline()
  const checks = registry.views().flatMap(({ connection: { id, name } }) => {
    const check = healthRecords.last(id)
    return check === undefined ? [] : [{ connection: name, ...check }]
  })
  const report = healthReport({
    connections: metrics.connections(),
    models: metrics.models(),
    checks,
    budgets: budgets.status(),
    now: clock.now(),
  })
  await reports.show('Health', report)
}

/** The setting that keeps answers from being kept, turned on by one click. */
async function offerToKeep(
  { ui, host }: CommandServices,
  { statistics, keepsAnswers }: { readonly statistics: CacheStatistics; readonly keepsAnswers: boolean },
): Promise<void> {
  if (keepsAnswers && statistics.sampled === 0) return
  const [key, message] = keepsAnswers
    ? ['roundhouse.cache.sampled', 'Chat sets no temperature, so its answers are not kept. Keep them, too?']
    : ['roundhouse.cache.completions', 'Answers are not kept. Keep them on this machine from now on?']
  const pressed = await ui.tell({ level: 'info', message, buttons: [keepThem] })
  if (pressed !== keepThem) return
  await host.writeSetting(key, true)
  ui.flash('Answers are kept from now on')
}

export function requestCommands(services: CommandServices): Pick<CommandHandlers, RequestCommand> {
  return {
    'roundhouse.explainRouting': async () => explainRouting(services),
    'roundhouse.simulateRouting': async (argument) => simulateRouting(services, argument),
    'roundhouse.clearCache': async () => clearCache(services),
    'roundhouse.showHealth': async () => showHealth(services),
    'roundhouse.showCache': async () => {
      const { cache, savings } = await services.loadPipeline()
      const saved = savings.total()
      const page = { statistics: await cache.statistics(), saved, keepsAnswers: services.keepsAnswers() }
      await services.reports.show('Cache', cacheReport(page))
      await offerToKeep(services, page)
    },
  }
}
