import * as vscode from 'vscode'
import type { ApiOptions } from '../api/createApi.js'
import type { RoundhouseExports } from '../api.js'
import { createFirstListWait } from '../core/registry/firstLists.js'
import { readCallerContext } from '../vscode/callerContext.js'
import type { Behind } from './doors.js'

const isInstalled = (id: string): boolean => vscode.extensions.getExtension(id) !== undefined

/** The door for other extensions. What is behind it is loaded when the first one comes. */
export function createExportedApi({ foundations, models, requests, ready }: Behind): RoundhouseExports {
  const { registry } = models
  const { log, clock } = foundations
  const awaitFirstLists = createFirstListWait(registry, clock)
  const common: Omit<ApiOptions, 'caller' | 'read'> = {
    models: () => registry.models(),
    onDidChange: registry.onDidChange,
    async untilListed() {
      await ready
      await awaitFirstLists()
    },
    load: requests.loadPipeline,
    log,
  }
  return {
    async getApi(version, extension) {
      const [{ openApi }, { createApiReader }] = await Promise.all([
        import('../api/openApi.js'),
        import('../vscode/apiReader.js'),
      ])
      const read = createApiReader()
      return openApi({ version, extension }, isInstalled, (id) => ({
        ...common,
        read,
        caller: () => ({ door: 'api', extension: id, ...readCallerContext() }),
      }))
    },
  }
}
