import type { ModelInfo, ModelRef } from '../model.js'
import { parameterBillions } from '../routing/category.js'

/** The name without a publisher or an empty tag: the same weights, whoever serves them. */
export function sameModelKey({ id }: ModelRef): string {
  const name = id.toLowerCase().split('/').at(-1) ?? id
  return name.replace(/:latest$/, '')
}

/** What a model has where its id pins no revision. */
const unpinned = 'latest'
/** What is said of a model without a family. */
const noFamily = 'unknown'

const isBase = ({ id }: ModelInfo): boolean => /[-_.:]base(?:$|[-_.:])/i.test(id)

function isSameRevision(a: string, b: string): boolean {
  return a === b || a === unpinned || b === unpinned
}

/** Whether two connections offer the same model, by its name, or by its family, its size and its revision. */
export function isSameModel(a: ModelInfo, b: ModelInfo): boolean {
  if (sameModelKey(a) === sameModelKey(b)) return true
  if (a.family !== b.family || a.family === noFamily || isBase(a) !== isBase(b)) return false
  const [size, other] = [parameterBillions(a), parameterBillions(b)]
  if (size !== other) return false
  // A tag that says the size is no revision.
  const revisions = [a, b].map(({ version }) => (/^\d+(?:\.\d+)?[bm]$/i.test(version) ? unpinned : version))
  return isSameRevision(revisions[0] ?? unpinned, revisions[1] ?? unpinned)
}
