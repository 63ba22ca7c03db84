// What choosing a model costs, and what the router adds to a call.
import { present } from './figures.mjs'
import { median, quantile } from './statistics.mjs'

/**
 * @typedef {import('./rows.mjs').RowDefinition} RowDefinition
 * @typedef {import('../../test/bench/routing/program.js').RoutingFigures} RoutingFigures
 */

const setting =
  '10,000 times in a process of its own without VS Code, the code bundled as the product is, after a warm-up'

/** @param {{ id: string, what: string, target?: number, includes: string, key: keyof RoutingFigures, reference?: keyof RoutingFigures, share?: number }} row */
const routingRow = ({ key, reference, share = 0.5, includes, ...row }) => ({
  ...row,
  unit: 'µs',
  need: /** @type {const} */ ('routing'),
  includes: `${includes}; ${setting}`,
  read: (/** @type {{ routing?: RoutingFigures }} */ { routing }) => ({
    value: quantile(present(routing)[key], share),
    ...(reference === undefined ? {} : { reference: median(present(routing)[reference]) }),
  }),
})

const ranking =
  'requirements, score and whole order of 1,000 models with prices, measurements and a limit of cost, reasons on demand; excludes laying out the facts of the models, which is done when they change, and reading what was measured, every two seconds'

/** @type {readonly RowDefinition[]} */
export const routingRows = [
  routingRow({
    id: 'routing.rank',
    what: 'ranking 1,000 candidates, p99',
    target: 100,
    share: 0.99,
    key: 'rank',
    includes: ranking,
  }),
  routingRow({
    id: 'routing.rank.p50',
    what: 'ranking 1,000 candidates, p50',
    key: 'rank',
    includes: ranking,
  }),
  routingRow({
    id: 'routing.plan',
    what: 'choosing a model of auto among 1,000, p50',
    key: 'plan',
    includes:
      'the ranking, the estimate of the tokens (its texts known), complexity, rules, breaker and order',
  }),
  routingRow({
    id: 'routing.direct',
    what: 'router around a model asked for by its name, p50',
    key: 'direct',
    reference: 'plain',
    includes:
      'a whole answer of three parts: breaker, limit of concurrency, record of the decision; the reference is the same answer without a router',
  }),
]
