import type { ModelInfo } from '../model.js'
import { type ModelCategory, modelCategories } from './requirements.js'

const word = (words: string): RegExp => new RegExp(`(?:^|[-_./: ])(?:${words})(?:$|[-_./: ])`, 'i')

/** What makers call their models by size; the first row that fits counts. */
const names: readonly { readonly pattern: RegExp; readonly category: ModelCategory }[] = [
  { pattern: word('nano|micro|mini|tiny|small|lite|haiku|instant'), category: 'lightweight' },
  { pattern: word('opus|ultra|max|pro|large|heavy|behemoth'), category: 'powerful' },
  { pattern: word('flash|sonnet|medium|turbo'), category: 'versatile' },
]

/** Billions of parameters, and USD per million tokens of output, below which a model is of the category. */
const bounds: readonly {
  readonly category: ModelCategory
  readonly parameters: number
  readonly price: number
}[] = [
  { category: 'lightweight', parameters: 15, price: 1.5 },
  { category: 'versatile', parameters: 100, price: 12 },
  { category: 'powerful', parameters: Infinity, price: Infinity },
]

/** Billions of parameters, as the provider or the model's own id states them; of a mixture, all experts. */
export function parameterBillions({ parameterSize, id }: ModelInfo): number | undefined {
  const stated = /(\d+(?:\.\d+)?)\s*([bm])\b/i.exec(parameterSize ?? '')
  const found = stated ?? /(?:^|[-_:])(?:(?<experts>\d+)x)?(\d+(?:\.\d+)?)([bm])(?=$|[-_:.])/i.exec(id)
  if (found === null) return undefined
  const [size, unit] = found.slice(-2)
  const billions = Number(size) / (unit?.toLowerCase() === 'm' ? 1_000 : 1)
  return billions * Number(found.groups?.['experts'] ?? 1)
}

/** By its name, else by its size, else by its price; of a model that says nothing, by where it runs. */
export function categorize(model: ModelInfo): ModelCategory {
  const named = names.find(({ pattern }) => pattern.test(model.id))
  if (named !== undefined) return named.category
  const size = parameterBillions(model)
  if (size !== undefined) return bounds.find(({ parameters }) => size < parameters)?.category ?? 'powerful'
  const price = model.pricing.output
  if (price !== undefined && price > 0) return bounds.find((row) => price < row.price)?.category ?? 'powerful'
  return model.location === 'local' ? 'lightweight' : 'versatile'
}

export const categoryIndex = (category: ModelCategory): number => modelCategories.indexOf(category)
