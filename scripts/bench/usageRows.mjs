// What keeping count costs: a row of the ledger, its price, a month's report, and a budget that eight windows share.
import { present } from './figures.mjs'
import { median, quantile } from './statistics.mjs'

/**
 * @typedef {import('./rows.mjs').RowDefinition} RowDefinition
 * @typedef {import('../../test/bench/usage/program.js').UsageFigures} UsageFigures
 */

const setting = 'a process of its own without VS Code, the code bundled as the product is'
const large =
  '1,000,000 attempts of October in a database on disk, of 270 combinations of model, caller, workspace and branch, a fifth of them embeddings, spread evenly over all quarters of an hour, where sums help the least; second and later reports, Europe/Berlin with its change of clocks'

/** @param {Omit<RowDefinition, 'need' | 'read'> & { key: keyof UsageFigures, reference?: keyof UsageFigures, share?: number }} row */
const usageRow = ({ key, reference, share = 0.5, includes, ...row }) => ({
  ...row,
  need: /** @type {const} */ ('usage'),
  includes: `${includes}; ${setting}`,
  read: (/** @type {{ usage?: UsageFigures }} */ { usage }) => {
    const scale = row.unit === 'ms' && key === 'reserveAndSettle' ? 1_000 : 1
    return {
      value: quantile(present(usage)[key], share) / scale,
      ...(reference === undefined ? {} : { reference: median(present(usage)[reference]) }),
    }
  },
})

/** @type {readonly RowDefinition[]} */
export const usageRows = [
  usageRow({
    id: 'usage.append',
    what: 'ledger append, p50',
    unit: 'µs',
    target: 100,
    key: 'append',
    reference: 'plainInsert',
    includes:
      'one attempt with all its columns and the four sums that reports read, committed; the reference is one insert of a row as long, committed, through the same port',
  }),
  usageRow({
    id: 'usage.price',
    what: 'price of one attempt',
    unit: 'µs',
    target: 5,
    key: 'price',
    includes: 'from the provider’s counts to USD, with cache, reasoning and a tier',
  }),
  usageRow({
    id: 'usage.reserve',
    what: 'reservation + settlement, 8 processes at once, p99',
    unit: 'ms',
    target: 25,
    share: 0.99,
    key: 'reserveAndSettle',
    includes:
      'all that one attempt does to the database, its row of the ledger included; eight processes on one budget, 400 attempts each with 5 ms between the two; a busy database or a refusal would end the measurement',
  }),
  usageRow({
    id: 'usage.report',
    what: 'a month’s report by model',
    unit: 'ms',
    target: 150,
    key: 'report',
    includes: large,
  }),
  usageRow({
    id: 'usage.report.day',
    what: 'a month’s report by local day',
    unit: 'ms',
    target: 150,
    key: 'reportByDay',
    includes: large,
  }),
  usageRow({
    id: 'usage.report.daymodel',
    what: 'a month’s report by local day and model',
    unit: 'ms',
    target: 150,
    key: 'reportByDayAndModel',
    includes: large,
  }),
  usageRow({
    id: 'usage.report.operation',
    what: 'a month’s report by operation (chat, embeddings, reranking)',
    unit: 'ms',
    target: 150,
    key: 'reportByOperation',
    includes: large,
  }),
]
