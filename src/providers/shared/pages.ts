import type { ListedModel } from '../../core/model.js'
import { maximumListedModels } from '../../core/registry/listModels.js'
import { unexpectedAnswer } from './networkError.js'
import type { Transport } from './transport.js'

export interface ModelPage {
  readonly models: readonly ListedModel[]
  /** Where the next page begins; undefined on the last one. */
  readonly next: string | undefined
}

interface Paging {
  /** The path of the page that begins there; of the first one if undefined. */
  readonly path: (from: string | undefined) => string
  /** Undefined if the body is no page. */
  readonly read: (body: unknown) => ModelPage | undefined
}

/** A server may give fewer models on a page than were asked for; none has so many pages. */
const mostPages = 100

/**
 * The models of all pages, until there are more than are used. Throws ModelError, also if the pages do not end: after
 * `mostPages`, or once a page leads to one that was read.
 */
export async function listPages(transport: Transport, { path, read }: Paging): Promise<ListedModel[]> {
  const listed: ListedModel[] = []
  const visited = new Set<string>()
  let from: string | undefined
  do {
    const page = read(await transport.json(path(from)))
    if (page === undefined)
      throw unexpectedAnswer(transport.subject, 'something that is not a list of models')
    listed.push(...page.models)
    from = page.next
    if (from === undefined) return listed
    if (visited.has(from) || visited.size >= mostPages)
      throw unexpectedAnswer(transport.subject, 'a list of models without an end')
    visited.add(from)
  } while (listed.length <= maximumListedModels)
  return listed
}
