import { isRecord } from '../../core/json.js'
import type { CommandServices } from './services.js'
import type { Host } from './ui.js'

const beforeKey = 'taskModelsBefore'

/** What is to be written: settings of VS Code by name, and files by path; undefined removes. */
export interface TaskChange {
  readonly settings: ReadonlyMap<string, string | undefined>
  readonly files: ReadonlyMap<string, string | undefined>
}

/** As it is remembered: `null` is for what was not there. */
interface Before {
  readonly settings: readonly (readonly [string, unknown])[]
  readonly files: readonly (readonly [string, string | null])[]
}

/** Writes all of it, or leaves everything as it was. What was there is remembered for `undoTaskChange`. */
export async function applyTaskChange(services: CommandServices, change: TaskChange): Promise<void> {
  const { host } = services
  const before = await readBefore(host, change)
  await host.memory.update(beforeKey, before)
  try {
    await write(host, change)
  } catch (error) {
    await undoTaskChange(services)
    throw error
  }
}

export function canUndoTaskChange({ host }: CommandServices): boolean {
  return parseBefore(host.memory.get(beforeKey)) !== undefined
}

/** Restores what the last change found: settings to the letter, files to the letter, and nothing where was nothing. */
export async function undoTaskChange({ host }: CommandServices): Promise<void> {
  const before = parseBefore(host.memory.get(beforeKey))
  if (before === undefined) return
  for (const [key, value] of before.settings) await host.writeSetting(key, value ?? undefined)
  for (const [path, text] of before.files) await host.agentFiles.write(path, text ?? undefined)
  await host.memory.update(beforeKey, undefined)
}

async function readBefore(host: Host, { settings, files }: TaskChange): Promise<Before> {
  const texts = await Promise.all(
    [...files.keys()].map(async (path) => [path, (await host.agentFiles.read(path)) ?? null] as const),
  )
  return { settings: [...settings.keys()].map((key) => [key, host.readSetting(key) ?? null]), files: texts }
}

async function write(host: Host, { settings, files }: TaskChange): Promise<void> {
  for (const [key, value] of settings) await host.writeSetting(key, value)
  for (const [path, text] of files) await host.agentFiles.write(path, text)
}

function parseBefore(value: unknown): Before | undefined {
  if (!isRecord(value) || !Array.isArray(value['settings']) || !Array.isArray(value['files']))
    return undefined
  return {
    settings: value['settings'].flatMap((pair: unknown) => {
      const [key, was] = pairOf(pair)
      return typeof key === 'string' ? [[key, was] as const] : []
    }),
    files: value['files'].flatMap((pair: unknown) => {
      const [path, was] = pairOf(pair)
      return typeof path === 'string' ? [[path, typeof was === 'string' ? was : null] as const] : []
    }),
  }
}

function pairOf(value: unknown): readonly [unknown, unknown] {
  return Array.isArray(value) ? [value[0], value[1]] : [undefined, undefined]
}
