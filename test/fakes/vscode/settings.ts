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

/** The settings that the manifest declares, with their defaults. */
export function declaredSettings(): ReadonlyMap<string, unknown> {
  const { contributes } = readManifest()
  const configuration = isRecord(contributes) ? contributes['configuration'] : undefined
  const properties = isRecord(configuration) ? configuration['properties'] : undefined
  const rows = isRecord(properties) ? Object.entries(properties) : []
  return new Map(rows.map(([key, row]) => [key, isRecord(row) ? row['default'] : undefined]))
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

/** The user's and the workspace's settings over the defaults of the manifest and of VS Code. */
export function createSettings(written: Readonly<Record<string, unknown>>): FakeSettings {
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
      return {
        get: (key) => workspace.get(whole(key)) ?? user.get(whole(key)) ?? defaults.get(whole(key)),
        inspect: (key) => ({
          key: whole(key),
          defaultValue: defaults.get(whole(key)),
          globalValue: user.get(whole(key)),
          workspaceValue: workspace.get(whole(key)),
        }),
        async update(key, value, target) {
          set(target === ConfigurationTarget.Global ? user : workspace, whole(key), value)
        },
      }
    },
  }
}
