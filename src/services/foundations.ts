import { join } from 'node:path'
import * as vscode from 'vscode'
import type { Clock } from '../core/ports.js'
import type { ProviderPorts } from '../core/provider.js'
import { createEmbeddedEngine } from '../platform/llama/engine.js'
import { createLocalFetch } from '../platform/localFetch.js'
import { createWatchedFetch } from '../platform/watchedFetch.js'
import type { UsedContext } from '../vscode/extensionContext.js'
import type { RedactedLog } from '../vscode/log.js'
import { createNotices } from '../vscode/notices.js'
import { createTightening } from '../vscode/settings.js'
import { settingsTable } from '../vscode/settingsTable.js'
import { loadUi } from './host.js'

/** What everything else needs: time, the embedded engine, and the providers' ports. */
export function createFoundations(context: UsedContext, { log, redactor }: RedactedLog, clock: Clock) {
  const { env: environment } = process
  const engine = createEmbeddedEngine({
    program: { path: join(context.extensionPath, 'dist', 'llama', 'child.mjs') },
    builtinFolder: join(context.extensionPath, 'dist', 'models'),
    allowed: () => vscode.workspace.isTrusted,
    clock,
    log,
    environment,
  })
  const localOnly = createTightening(settingsTable.localOnly, log)
  const local = createLocalFetch()
  const watched = createWatchedFetch((input, init) => fetch(input, init))
  const ports: ProviderPorts = {
    fetch: watched.fetch,
    localFetch: local.fetch,
    engine,
    isLocalOnly: localOnly.get,
    clock,
    log,
    notices: createNotices({ loadUi, log }),
    environment,
  }
  const redact = (text: string) => redactor.redact(text)
  const resources = [local, watched, localOnly]
  return { environment, log, redact, clock, engine, localOnly, resources, ports }
}

export type Foundations = ReturnType<typeof createFoundations>
