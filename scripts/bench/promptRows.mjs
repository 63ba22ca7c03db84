// The memory that one request with a long prompt takes.
import { present } from './figures.mjs'
import { median } from './statistics.mjs'

/**
 * @typedef {import('./rows.mjs').RowDefinition} RowDefinition
 * @typedef {import('../../test/bench/prompt/program.js').PromptFigures} PromptFigures
 */

const kinds = /** @type {const} */ ({ ascii: 'ASCII', wide: 'non-Latin' })

/** @type {readonly RowDefinition[]} */
export const promptRows = Object.entries(kinds).map(([kind, name]) => ({
  id: `prompt.memory.${kind}`,
  what: `peak memory of a request with a 4 MB prompt, ${name}`,
  unit: 'MB',
  need: 'prompt',
  includes:
    'the most resident memory of a process above what it had before, with cache, budget, limits and ledger on; each request in a process of its own, after a short one and with room for young objects in use. The reference is a plain node:http request of the same body; the target is 1.5 of it',
  read({ prompt }) {
    const { product, plain } = present(prompt)[kind === 'wide' ? 'wide' : 'ascii']
    const reference = median(plain) / 1e6
    return { value: median(product) / 1e6, reference, target: 1.5 * reference }
  },
}))
