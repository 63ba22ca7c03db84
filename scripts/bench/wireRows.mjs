// The figures of the providers beside the official clients alone.
import { present } from './figures.mjs'
import { median } from './statistics.mjs'
import { wires } from './wires.mjs'

/**
 * @typedef {import('./wires.mjs').WireFigures} WireFigures
 * @typedef {import('./rows.mjs').RowDefinition} RowDefinition
 * @typedef {import('./rows.mjs').Measurements} Measurements
 */

const alike =
  'the same answer of a server on this machine, in a process of its own, asked for and read to its end by our provider and by its official client alone (the reference; openai for all OpenAI-compatible ones), taking turns in one plain Node process; the texts are counted, none may be missing. VS Code, routing and the ledger are excluded'

/** @param {Measurements} measurements @param {'streams' | 'calls'} kind @param {import('./wires.mjs').WireName} wire @param {number} most */
function readTimings({ wires: figures }, kind, wire, most) {
  const { ours, client } = present(figures?.[kind][wire])
  const reference = median(client)
  return { value: median(ours), reference, target: most * reference }
}

/** @type {readonly RowDefinition[]} */
const streams = wires.map((wire) => ({
  id: `wire.stream.${wire}`,
  what: `10,000 events of ${wire}, beside its client`,
  unit: 'ms',
  need: 'wire.streams',
  includes: `${alike}. The events have all members of real ones and arrive in pieces of 4 KB. The target is 1.15 of the reference`,
  read: (measurements) => readTimings(measurements, 'streams', wire, 1.15),
}))

/** @type {readonly RowDefinition[]} */
const calls = wires.map((wire) => ({
  id: `wire.call.${wire}`,
  what: `one small chat call of ${wire}, beside its client`,
  unit: 'ms',
  need: 'wire.calls',
  includes: `${alike}. Three words; the median of all calls behind the first fifty. The target is 1.10 of the reference`,
  read: (measurements) => readTimings(measurements, 'calls', wire, 1.1),
}))

/** @param {Measurements} measurements */
function crowdsOf({ wires: figures }) {
  const crowds = present(figures).crowds
  if (crowds.length === 0) throw new Error('there is no figure.')
  return crowds
}

/** @type {readonly RowDefinition[]} */
const others = [
  {
    id: 'wire.memory',
    what: 'memory growth while 1,000,000 events are read',
    unit: 'MB',
    need: 'wire.memory',
    target: 20,
    includes:
      'the most that JavaScript’s heap and buffers had grown by, each time after a full collection, every 20,000 events; a first answer of 20,000 events is not counted; the reader keeps nothing',
    read: ({ wires: figures }) => ({ value: present(figures?.growthBytes) / 1e6 }),
  },
  {
    id: 'wire.crowd.p99',
    what: '1,000 streams of 50 events a second, added p99',
    unit: 'ms',
    need: 'wire.crowd',
    includes:
      'from the moment that the server stamped into an event until its text was read, 99 in 100 of 250,000 events; over what the simplest reader on a plain fetch needs, which is measured right before in the same process. The reference is that reader’s p99; the target is 0.3 of it',
    read: (measurements) => {
      const crowds = crowdsOf(measurements)
      const reference = median(crowds.map(({ plain }) => plain.p99))
      const value = median(crowds.map(({ ours, plain }) => ours.p99 - plain.p99))
      return { value, reference, target: 0.3 * reference }
    },
  },
  {
    id: 'wire.crowd.lost',
    what: 'events of those streams that were lost or out of order',
    unit: 'events',
    need: 'wire.crowd',
    target: 0,
    includes: 'of 250,000 events in each round, by the numbers that they carry',
    read: (measurements) => ({
      value: crowdsOf(measurements).reduce((sum, { ours }) => sum + ours.lost + ours.reordered, 0),
    }),
  },
]

export const wireRows = [...streams, ...calls, ...others]
