import { readFileSync } from 'node:fs'
import { isRecord, parseJson } from '../../../src/core/json.js'
import { ConfigurationTarget, EventEmitter } from './values.js'

/** What the manifest says, which the product's defaults are read from. */
const manifestText = readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')

export function readManifest(): Readonly<Record<string, unknown>> {
  const manifest: unknown = parseJson(manifestText)
  if (!isRecord(manifest)) throw new TypeError('package.json is no object.')
  return manifest
}

/** What the manifest declares of each setting. */
export function settingRows(): ReadonlyMap<string, Readonly<Record<string, unknown>>> {
  const { contributes } = readManifest()
  const configuration = isRecord(contributes) ? contributes['configuration'] : undefined
  const properties = isRecord(configuration) ? configuration['properties'] : undefined
  const rows = isRecord(properties) ? Object.entries(properties) : []
  return new Map(rows.map(([key, row]) => [key, isRecord(row) ? row : {}]))
}

/** The settings that the manifest declares, with their defaults. */
export function declaredSettings(): ReadonlyMap<string, unknown> {
  return new Map([...settingRows()].map(([key, row]) => [key, row['default']]))
}

/** Settings of which VS Code reads nothing that a workspace has written until the user trusts it. */
export function restrictedSettings(): ReadonlySet<unknown> {
  const { capabilities } = readManifest()
  const untrusted = isRecord(capabilities) ? capabilities['untrustedWorkspaces'] : undefined
  const keys = isRecord(untrusted) ? untrusted['restrictedConfigurations'] : undefined
  return new Set(Array.isArray(keys) ? keys : [])
}

/** Scopes that VS Code reads from nothing but the user’s settings. */
export const userScopes: ReadonlySet<unknown> = new Set(['application', 'machine'])

/** Whether VS Code shows an extension what a workspace has written there. */
function createVisibility(isTrusted: () => boolean): (key: string) => boolean {
  const rows = settingRows()
  const restricted = restrictedSettings()
  return (key) => {
    const scope = rows.get(key)?.['scope']
    return !userScopes.has(scope) && (isTrusted() || !restricted.has(key))
  }
}

/** The commands that the manifest declares. */
export function declaredCommands(): readonly string[] {
  const { contributes } = readManifest()
  const commands = isRecord(contributes) ? contributes['commands'] : undefined
  return Array.isArray(commands) ? commands.map((row: unknown) => String(Object(row).command)) : []
}

interface ConfigurationChange {
  affectsConfiguration(section: string): boolean
}

export interface FakeSettings {
  /** As the user writes them in settings.json, by their whole keys. */
  readonly user: ReadonlyMap<string, unknown>
  write(key: string, value: unknown): void
  writeToWorkspace(key: string, value: unknown): void
  readonly onDidChange: (listener: (change: ConfigurationChange) => void) => { dispose(): void }
  configuration(section?: string): FakeConfiguration
}

interface FakeConfiguration {
  get(key: string): unknown
  inspect(key: string): object
  update(key: string, value: unknown, target: number): Promise<void>
}

/** Of VS Code's own settings those that the extension asks whether this VS Code has them. */
const hostDefaults = [
  'chat.utilityModel',
  'chat.utilitySmallModel',
  'chat.planAgent.defaultModel',
  'chat.exploreAgent.defaultModel',
  'inlineChat.defaultModel',
].map((key) => [key, ''] as const)

export interface SettingsOptions {
  readonly isTrusted: () => boolean
  /** As a host that knows no scopes: an extension sees all that a workspace has written. */
  readonly ignoresScopes: boolean
}

/** The user's and the workspace's settings over the defaults of the manifest and of VS Code. */
export function createSettings(
  written: Readonly<Record<string, unknown>>,
  { isTrusted, ignoresScopes }: SettingsOptions,
): FakeSettings {
  const isVisible = ignoresScopes ? () => true : createVisibility(isTrusted)
  const defaults = new Map<string, unknown>([...declaredSettings(), ...hostDefaults])
  const user = new Map(Object.entries(written))
  const workspace = new Map<string, unknown>()
  const changed = new EventEmitter<ConfigurationChange>()
  const set = (place: Map<string, unknown>, key: string, value: unknown): void => {
    if (value === undefined) place.delete(key)
    else place.set(key, value)
    const isWithin = (section: string) => key === section || key.startsWith(`${section}.`)
    changed.fire({ affectsConfiguration: (section) => isWithin(section) || section.startsWith(`${key}.`) })
  }
  return {
    user,
    write: (key, value) => set(user, key, value),
    writeToWorkspace: (key, value) => set(workspace, key, value),
    onDidChange: changed.event,
    configuration(section) {
      const whole = (key: string) => (section === undefined ? key : `${section}.${key}`)
      const ofWorkspace = (key: string) => (isVisible(key) ? workspace.get(key) : undefined)
      return {
        get: (key) => ofWorkspace(whole(key)) ?? user.get(whole(key)) ?? defaults.get(whole(key)),
        inspect: (key) => ({
          key: whole(key),
          defaultValue: defaults.get(whole(key)),
          globalValue: user.get(whole(key)),
          workspaceValue: ofWorkspace(whole(key)),
        }),
        async update(key, value, target) {
          set(target === ConfigurationTarget.Global ? user : workspace, whole(key), value)
        },
      }
    },
  }
}
