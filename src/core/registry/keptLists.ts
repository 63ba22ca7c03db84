import type { CatalogFinding } from '../catalog/catalog.js'
import { isRecord, parseJson } from '../json.js'
import type { ListedModel } from '../model.js'
import type { FileStore, Log } from '../ports.js'
import type { Connection } from '../provider.js'

/** One connection's last good list, as it is kept on disk. */
export interface KeptList {
  /** Milliseconds since the epoch. */
  readonly listedAt: number
  readonly models: readonly ListedModel[]
  /** How many more the provider listed; absent if none. */
  readonly leftOut?: number
  /** What the catalogues of `catalogVersion` said, by model id: spares loading them at every start. */
  readonly findings: Readonly<Record<string, readonly CatalogFinding[]>>
  readonly catalogVersion: string
}

export interface KeptLists {
  /** Undefined where there is none, or none that can be used: damaged, of another version or of another server. */
  read(connection: Connection): Promise<KeptList | undefined>
  /** Never rejects; what could not be saved is logged. */
  write(connection: Connection, list: KeptList): Promise<void>
  delete(connectionId: string): Promise<void>
}

interface Document extends KeptList {
  readonly version: number
  readonly connection: string
  /** The list of one server is none of another's. */
  readonly source: string
}

/** Raised when the shape of the document changes: older lists are fetched again, not migrated. */
const documentVersion = 4

const reservedOnWindows = /^(?:con|prn|aux|nul|com\d|lpt\d)$/

/** One file for each id on every file system: capitals, and names that Windows reserves, are spelt out. */
export function documentName(connectionId: string): string {
  const spell = (character: string): string => `_${(character.codePointAt(0) ?? 0).toString(16)}_`
  const safe = connectionId.replaceAll(/[^a-z0-9-]/gu, spell)
  return `models/${reservedOnWindows.test(safe) ? `${spell(safe.charAt(0))}${safe.slice(1)}` : safe}.json`
}

export function sourceOf(connection: Connection): string {
  return `${connection.provider} ${connection.baseUrl ?? ''}`.trim()
}

function isListedModel(value: unknown): value is ListedModel {
  return isRecord(value) && typeof value['id'] === 'string' && value['id'] !== ''
}

function isFinding(value: unknown): value is CatalogFinding {
  return (
    isRecord(value) &&
    (value['source'] === 'catalog' || value['source'] === 'snapshot') &&
    isRecord(value['facts'])
  )
}

function isFindings(value: unknown): value is Document['findings'] {
  return isRecord(value) && Object.values(value).every((list) => Array.isArray(list) && list.every(isFinding))
}

function isDocument(value: unknown): value is Document {
  return (
    isRecord(value) &&
    value['version'] === documentVersion &&
    typeof value['connection'] === 'string' &&
    typeof value['source'] === 'string' &&
    typeof value['catalogVersion'] === 'string' &&
    Number.isFinite(value['listedAt']) &&
    Array.isArray(value['models']) &&
    value['models'].every(isListedModel) &&
    (value['leftOut'] === undefined || Number.isFinite(value['leftOut'])) &&
    isFindings(value['findings'])
  )
}

/** Model lists on disk, one document for each connection, each replaced as a whole: windows may share them. */
export function createKeptLists(files: FileStore, log: Log): KeptLists {
  return {
    async read(connection) {
      const name = documentName(connection.id)
      try {
        const text = await files.read(name)
        if (text === undefined) return undefined
        const document = parseJson(text)
        if (isDocument(document)) {
          return document.connection === connection.id && document.source === sourceOf(connection)
            ? document
            : undefined
        }
        log.warn(`${name} is damaged or of another version; the models are listed again`)
      } catch (error) {
        log.error(`The models kept for ${connection.name} could not be read; they are listed again`, error)
      }
      return undefined
    },
    async write(connection, { listedAt, models, leftOut, findings, catalogVersion }) {
      const document: Document = {
        version: documentVersion,
        connection: connection.id,
        source: sourceOf(connection),
        listedAt,
        models,
        ...(leftOut === undefined ? {} : { leftOut }),
        findings,
        catalogVersion,
      }
      try {
        await files.write(documentName(connection.id), JSON.stringify(document))
      } catch (error) {
        log.error(`The models of ${connection.name} could not be kept on disk`, error)
      }
    },
    async delete(connectionId) {
      try {
        await files.delete(documentName(connectionId))
      } catch (error) {
        log.error(`The models kept for ${connectionId} could not be deleted`, error)
      }
    },
  }
}
