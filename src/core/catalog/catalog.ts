import type { Event } from '../event.js'
import type { ModelFacts } from '../model.js'

/** What one published source says about a model. */
export interface CatalogFinding {
  readonly source: 'catalog' | 'snapshot'
  readonly facts: ModelFacts
}

/** Whose models are asked about. */
export interface CatalogPlace {
  /** The provider's id. */
  readonly provider: string
  /** Given where the connection goes to another host than the provider's own: only what holds at that host counts. */
  readonly baseUrl?: string
}

/** Published facts about models: their limits, their abilities and their prices. No method ever rejects. */
export interface Catalog {
  readonly source: CatalogFinding['source']
  /** Changes whenever the answers may have changed, so that kept answers can be told from new ones. No spaces. */
  readonly version: string
  /**
   * Called whenever a cloud connection has just answered, which also says that there is a network. Makes `version`
   * true, at little cost, and may begin to renew what is behind it.
   */
  prepare?(place: CatalogPlace): Promise<void>
  /** Loads what `lookup` needs at the place; may be called often. Without its data a catalogue knows nothing. */
  load(place: CatalogPlace): Promise<void>
  /** Undefined for a model that is unknown, and for every model before `load`. */
  lookup(place: CatalogPlace, model: string): CatalogFinding | undefined
  /** Fires when `version` has changed by itself. */
  readonly onDidChange?: Event<void>
}
