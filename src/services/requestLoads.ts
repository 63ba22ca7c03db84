import { createRefreshKey } from '../core/credentials/refreshKey.js'
import type { ParameterTemplates } from '../core/parameters/templates.js'
import { createRetriedLoad } from '../core/retriedLoad.js'
import type { createRouteTable } from '../core/routing/routeTable.js'
import type { AttemptRecord } from '../core/usage/attemptRecord.js'
import { providers } from '../providers/index.js'
import type { UsedContext } from '../vscode/extensionContext.js'
import type { FailureNotices } from '../vscode/failureNotices.js'
import type { Policies } from '../vscode/policies/policies.js'
import type { CheckedSetting } from '../vscode/settings.js'
import type { UsageNotices } from '../vscode/usageNotices.js'
import type { AuditedSources } from './audited.js'
import type { Foundations } from './foundations.js'
import { inUse } from './host.js'
import type { Models } from './models.js'

export type RequestModels = Pick<
  Models,
  'registry' | 'credentials' | 'secrets' | 'connections' | 'healthRecords' | 'tests'
>

/** What the settings say of requests, and who is told of them. */
interface RequestParts {
  readonly policies: Policies
  readonly routes: ReturnType<typeof createRouteTable>
  readonly templates: Pick<CheckedSetting<ParameterTemplates>, 'get'>
  readonly written: AuditedSources['written']
  readonly notices: Pick<UsageNotices, 'budget' | 'alert'>
  readonly failures: Pick<FailureNotices, 'wait'>
  readonly onAttempt: (record: AttemptRecord) => void
}

/** What requests go through: each part is loaded once, when it is first needed. */
export function createRequestLoads(
  context: UsedContext,
  { log, redact, ports }: Foundations,
  { registry, credentials, secrets, connections, healthRecords, tests }: RequestModels,
  { policies, routes, templates, written, notices, failures, onAttempt }: RequestParts,
) {
  const common = { registry, credentials, ports }
  const folder = context.globalStorageUri.fsPath
  const loadPlain = createRetriedLoad(async () => {
    const { createPlainRequests } = await import('./plainRequests.js')
    return createPlainRequests({ ...common, folder, templates: () => templates.get(), log })
  })
  const refreshKey = createRefreshKey({
    credentials,
    secrets,
    connection: (id) => registry.view(id)?.connection,
  })
  const loadPipeline = createRetriedLoad(async () => {
    const [{ createPipeline }, { createAudited }, { tokens, defaults }] = await Promise.all([
      import('../pipeline/createPipeline.js'),
      import('./audited.js'),
      loadPlain(),
    ])
    return await createPipeline({
      ...common,
      folder,
      version: String(context.extension.packageJSON.version),
      tokens,
      defaults,
      policies: { ...policies, routes },
      healthRecords,
      tests,
      audited: createAudited(connections, policies, { providers, environment: ports.environment, written }),
      redact,
      inUse,
      refreshKey,
      onBudgetWarning: (warning) => notices.budget(warning),
      onAlert: (alert, silence) => notices.alert(alert, silence),
      onAttempt,
      onWait: (model, ms) => failures.wait(model, ms),
    })
  })
  return { loadPlain, loadPipeline }
}
