import type { ModelFacts } from '../model.js'

/** What one published source says about a model. */
export interface CatalogFinding {
  readonly source: 'catalog' | 'snapshot'
  readonly facts: ModelFacts
}

/** Published facts about models: their limits and their prices. */
export interface Catalog {
  /** Changes whenever the answers may have changed, so that kept answers can be told from new ones. */
  readonly version: string
  /** Loads what `lookup` needs; may be called often. Never rejects: without its data a catalogue knows nothing. */
  load(): Promise<void>
  /**
   * Undefined for a model that is unknown, and for every model before `load`. `baseUrl` is given where a connection
   * goes to another host than the provider's own: then only facts that hold at that host are answered.
   */
  lookup(provider: string, model: string, baseUrl?: string): CatalogFinding | undefined
}
