import { isRecord, parseJson } from '../../core/json.js'
import type { FileStore, Log } from '../../core/ports.js'
import type { PublishedProvider, PublishedProviders } from './reduce.js'

/** What is known about the copy on disk without reading it. */
export interface CatalogState {
  /** Where it comes from. */
  readonly url: string
  readonly etag?: string | undefined
  /** Milliseconds since the epoch when it was last known to be the newest. */
  readonly checkedAt: number
  /** Of the copy's contents. */
  readonly hash: string
}

export interface CatalogStore {
  readState(): Promise<CatalogState | undefined>
  writeState(state: CatalogState): Promise<void>
  readProviders(hash: string): Promise<PublishedProviders | undefined>
  /** `json` is a whole PublishedProviders. */
  writeProviders(hash: string, json: string): Promise<void>
}

const stateName = 'catalog/state.json'
const providersName = 'catalog/providers.json'

/** Raised when the shape of a document changes: an older copy is fetched again. */
const documentVersion = 1

function isState(value: unknown): value is CatalogState {
  if (!isRecord(value)) return false
  const { url, etag, checkedAt, hash } = value
  const isTagged = etag === undefined || typeof etag === 'string'
  return typeof url === 'string' && typeof hash === 'string' && Number.isFinite(checkedAt) && isTagged
}

function isProvider(value: unknown): value is PublishedProvider {
  if (!isRecord(value) || !isRecord(value['models'])) return false
  const { api, models } = value
  return (api === undefined || typeof api === 'string') && Object.values(models).every(isRecord)
}

interface Copy {
  readonly hash: string
  readonly providers: PublishedProviders
}

function isCopy(value: unknown): value is Copy {
  if (!isRecord(value) || typeof value['hash'] !== 'string') return false
  return isRecord(value['providers']) && Object.values(value['providers']).every(isProvider)
}

/** The published facts on disk: a small document that says which copy there is, and the copy. Never rejects. */
export function createCatalogStore(files: FileStore, log: Log): CatalogStore {
  async function read<T>(name: string, isValid: (value: unknown) => value is T): Promise<T | undefined> {
    try {
      const text = await files.read(name)
      if (text === undefined) return undefined
      const document = parseJson(text)
      if (isRecord(document) && document['version'] === documentVersion && isValid(document)) return document
      log.warn(`${name} cannot be used, so the model catalogue is fetched again`)
    } catch (error) {
      log.error('The model catalogue kept on disk could not be read', error)
    }
    return undefined
  }
  async function write(name: string, text: string): Promise<void> {
    try {
      await files.write(name, text)
    } catch (error) {
      log.error('The model catalogue could not be kept on disk', error)
    }
  }
  return {
    readState: async () => await read(stateName, isState),
    async writeState(state) {
      await write(stateName, JSON.stringify({ version: documentVersion, ...state }))
    },
    async readProviders(hash) {
      const document = await read(providersName, isCopy)
      return document?.hash === hash ? document.providers : undefined
    },
    async writeProviders(hash, json) {
      const head = JSON.stringify({ version: documentVersion, hash }).slice(0, -1)
      await write(providersName, `${head},"providers":${json}}`)
    },
  }
}
