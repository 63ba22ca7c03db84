import * as vscode from 'vscode'
import type { RoundhouseExports } from '../api.js'
import type { Clock } from '../core/ports.js'
import type { HostProvider } from '../vscode/chatProvider.js'
import type { Workbench } from '../vscode/commands/workbench.js'
import type { UsedContext } from '../vscode/extensionContext.js'
import type { RedactedLog } from '../vscode/log.js'
import { createDoors } from './doors.js'
import { createExportedApi } from './exportedApi.js'
import { createFoundations } from './foundations.js'
import { createModels } from './models.js'
import { createRequests } from './requests.js'
import { createUpkeepStart } from './upkeepStart.js'

/** What the doors lead to. */
export interface Services extends Pick<Workbench, 'loadHandlers'>, RoundhouseExports {
  readonly chatProvider: HostProvider
  /** Ends everything; resolves when what must still be told is told. */
  close(): Promise<void>
}

export interface ServicesOptions {
  readonly redacted: RedactedLog
  readonly clock: Clock
}

/** Builds everything behind the doors and starts to read settings and lists. */
export async function createServices(
  context: UsedContext,
  { redacted, clock }: ServicesOptions,
): Promise<Services> {
  const foundations = await createFoundations(context, redacted, clock)
  const { engine, log } = foundations
  const models = createModels(context, redacted, foundations)
  const requests = createRequests(context, foundations, models)
  const ready = models.registry.start()
  const upkeep = createUpkeepStart(clock, () => {
    requests.loadPipeline().catch((error: unknown) => log.error('Usage cannot be recorded', error))
  })
  ready.then(() => upkeep.soon()).catch((error: unknown) => log.error('The models could not be read', error))
  const behind = { foundations, models, requests, ready }
  const { chatProvider, workbench, resources } = createDoors(context, redacted, behind)
  const owned = vscode.Disposable.from(
    engine,
    ...foundations.resources,
    ...models.resources,
    ...requests.resources,
    ...resources,
  )
  return {
    chatProvider,
    ...createExportedApi(behind),
    loadHandlers() {
      // A command may be the first to change what is put on record.
      upkeep.now()
      return workbench.loadHandlers()
    },
    async close() {
      upkeep.dispose()
      const closed = requests.close()
      owned.dispose()
      await closed
    },
  }
}
