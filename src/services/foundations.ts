import { join } from 'node:path'
import * as vscode from 'vscode'
import type { Clock, Log } from '../core/ports.js'
import type { ProviderPorts } from '../core/provider.js'
import { createLateResource, createRetriedLoad } from '../core/retriedLoad.js'
import { createEmbeddedEngine } from '../platform/llama/engine.js'
import { createWatchedFetch } from '../platform/watchedFetch.js'
import type { UsedContext } from '../vscode/extensionContext.js'
import type { RedactedLog } from '../vscode/log.js'
import { createNotices } from '../vscode/notices.js'
import { openSettings } from '../vscode/settingSource.js'
import { createTightening } from '../vscode/settings.js'
import { settingsTable } from '../vscode/settingsTable.js'
import { declaredSettings, loadUi } from './host.js'

/** The settings, and what is loaded with the first that is written. */
async function openWritten(context: UsedContext, log: Log) {
  const written = createRetriedLoad(async () => (await import('./written.js')).written)
  const load = async () => (await written()).settingReaders
  const settings = await openSettings({ declared: declaredSettings(context), load, log })
  return { settings, routeModels: () => written.now()?.routeModels }
}

/** What everything else needs: time, the embedded engine, and the providers' ports. */
export async function createFoundations(context: UsedContext, { log, redactor }: RedactedLog, clock: Clock) {
  const { env: environment } = process
  const { settings, routeModels } = await openWritten(context, log)
  const engine = createEmbeddedEngine({
    program: { path: join(context.extensionPath, 'dist', 'llama', 'child.mjs') },
    builtinFolder: join(context.extensionPath, 'dist', 'models'),
    allowed: () => vscode.workspace.isTrusted,
    clock,
    log,
    environment,
  })
  const localOnly = createTightening(settingsTable.localOnly, log)
  const local = createLateResource(async () => (await import('../platform/localFetch.js')).createLocalFetch())
  const watched = createWatchedFetch((input, init) => fetch(input, init))
  const ports: ProviderPorts = {
    fetch: watched.fetch,
    localFetch: async (...call) => await (await local()).fetch(...call),
    engine,
    isLocalOnly: localOnly.get,
    clock,
    log,
    notices: createNotices({ loadUi, log }),
    environment,
  }
  const redact = (text: string) => redactor.redact(text)
  const resources = [settings, local, watched, localOnly]
  return {
    environment,
    log,
    settings,
    routeModels,
    redact,
    clock,
    engine,
    localOnly,
    resources,
    ports,
  }
}

export type Foundations = Awaited<ReturnType<typeof createFoundations>>
