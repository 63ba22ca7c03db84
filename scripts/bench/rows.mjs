// Every figure that the bench prints: what it says, how it is read from the measurements, and what it must be.

import { cacheRows } from './cacheRows.mjs'
import { overEmpty, pacesOf, present, readMemory, shareOf, timesOf } from './figures.mjs'
import { pipelineRows } from './pipelineRows.mjs'
import { promptRows } from './promptRows.mjs'
import { routingRows } from './routingRows.mjs'
import { median } from './statistics.mjs'
import { usageRows } from './usageRows.mjs'
import { wireRows } from './wireRows.mjs'

/**
 * @typedef {import('./sessions.mjs').Round} Round
 * @typedef {{ product: readonly number[], direct: readonly number[] }} EmbeddedFigures tokens per second
 * @typedef {'activation' | 'bundle' | 'vsix' | 'embedded' | 'cache' | 'routing' | 'usage' | 'pipeline' | 'prompt' | 'wire.streams' | 'wire.calls' | 'wire.memory' | 'wire.crowd' | import('./sessions.mjs').Measure} Need
 *
 * @typedef {object} Measurements whatever was asked for and could be measured
 * @property {readonly Round[]} rounds
 * @property {number} [bundleBytes]
 * @property {number} [startBytes]
 * @property {number} [connectedBytes]
 * @property {number} [vsixBytes]
 * @property {EmbeddedFigures} [embedded]
 * @property {import('./cacheRows.mjs').CacheFigures} [cache]
 * @property {import('./wires.mjs').WireFigures} [wires]
 * @property {import('./routingRows.mjs').RoutingFigures} [routing]
 * @property {import('./usageRows.mjs').UsageFigures} [usage]
 * @property {import('./pipelineRows.mjs').PipelineFigures} [pipeline]
 * @property {import('./promptRows.mjs').PromptFigures} [prompt]
 *
 * @typedef {object} Figure
 * @property {number} value
 * @property {number} [reference]
 * @property {number} [target] where it depends on the reference
 *
 * @typedef {object} RowDefinition
 * @property {string} id
 * @property {string} what
 * @property {string} unit
 * @property {Need} need
 * @property {number} [target]
 * @property {boolean} [atLeast] the target is the least that the value may be; otherwise the most
 * @property {string} includes
 * @property {(measurements: Measurements) => Figure} read throws where nothing was measured
 */

const viaHost =
  'asked and seen by another extension through vscode.lm, VS Code’s way to the window and back included; HTTP server on this machine, OpenAI wire, provider vllm; second and later requests'

/** @type {readonly RowDefinition[]} */
const single = [
  {
    id: 'activation',
    what: 'activation added over an empty extension',
    unit: 'ms',
    need: 'activation',
    target: 20,
    includes:
      'from calling activate() in a quiet extension host until it resolved, loading the code that activation needs included, median of the differences to an empty CommonJS extension (the reference) in a VS Code of its own; excludes VS Code’s start and everything the extension does later in the background',
    read: ({ rounds }) => overEmpty(rounds, 'activationMs'),
  },
  {
    id: 'activation.cpu',
    what: 'processor time of that activation, over an empty one',
    unit: 'ms',
    need: 'activation',
    includes:
      'the host’s main thread from calling activate() until it resolved, whatever else it did meanwhile included; excludes waiting, and so stays steady on a busy machine',
    read: ({ rounds }) => overEmpty(rounds, 'activationCpuMs'),
  },
  {
    id: 'javascript',
    what: 'JavaScript loaded by activation, minified',
    unit: 'KB',
    need: 'bundle',
    target: 150,
    includes:
      'the entry file and everything it imports statically, in units of 1,000 bytes, from the build’s metafile; excludes what is loaded when activation has returned, which the next row includes',
    read: ({ bundleBytes }) => ({ value: present(bundleBytes) / 1_000 }),
  },
  {
    id: 'javascript.start',
    what: 'JavaScript loaded in the second after activation, minified',
    unit: 'KB',
    need: 'bundle',
    target: 120,
    includes:
      'every file of the build that a window with default settings has loaded a second after activation, the entry file, the services and each lazy chunk, as a process without VS Code sees it while it asks for the models; excludes what starts 3 s later (the ledger and its upkeep)',
    read: ({ startBytes }) => ({ value: present(startBytes) / 1_000 }),
  },
  {
    id: 'javascript.connection',
    what: 'the same with one connection of the user’s',
    unit: 'KB',
    need: 'bundle',
    includes:
      'as above, with one connection to a vLLM server in the settings: their schemas, the routes, and the provider that lists its models come with it',
    read: ({ connectedBytes }) => ({ value: present(connectedBytes) / 1_000 }),
  },
  {
    id: 'vsix',
    what: 'VSIX for this platform',
    unit: 'MB',
    need: 'vsix',
    target: 15,
    includes:
      'the packed file in units of 1,000,000 bytes, llama.cpp for the processor and the welcome model included',
    read: ({ vsixBytes }) => ({ value: present(vsixBytes) / 1e6 }),
  },
  {
    id: 'models',
    what: 'first models listed after activation, one local server',
    unit: 'ms',
    need: 'models',
    target: 300,
    includes:
      'from calling activate() until vscode.lm.selectChatModels gave another extension the models, activation, one HTTP request to a local server and VS Code’s own calls included; first start, nothing kept on disk',
    read: ({ rounds }) => ({ value: median(rounds.flatMap(({ product }) => product.modelsMs ?? [])) }),
  },
  {
    id: 'memory',
    what: 'resident memory added after activation and 11 streams',
    unit: 'MB',
    need: 'memory',
    target: 25,
    includes:
      'growth of the extension host since before activation, after a collection, minus the growth with the empty extension; both hosts fetched the same 11 streams of 200 tokens plainly, ours sent them through vscode.lm too. The reference is what the same 11 through a provider that only passes tokens on adds: VS Code’s own part',
    read: readMemory,
  },
]

/** @type {readonly RowDefinition[]} */
const provider = [
  {
    id: 'information.first',
    what: 'model information, 1,000 models cached, first',
    key: /** @type {const} */ ('informationFirstMs'),
    target: 3,
    includes: 'making the provider over a registry that has read its list from disk, and its first answer',
  },
  {
    id: 'information.later',
    what: 'model information, 1,000 models cached, later',
    key: /** @type {const} */ ('informationLaterMs'),
    target: 5,
    includes: 'each further answer while nothing has changed',
  },
  {
    id: 'counts.different',
    what: '10,000 token counts of different 200-character texts',
    key: /** @type {const} */ ('countsFirstMs'),
    target: 200,
    includes: 'prose, code and other scripts, none seen before, each call awaited',
  },
  {
    id: 'counts.repeated',
    what: 'the same 10,000 token counts again',
    key: /** @type {const} */ ('countsRepeatedMs'),
    target: 4,
    includes: 'the same strings a second time, each call awaited',
  },
  {
    id: 'counts.anew',
    what: 'the same 10,000 token counts, the texts sent again',
    key: /** @type {const} */ ('countsAnewMs'),
    includes:
      'equal strings in memory of their own, as they arrive from another process: JavaScript has to hash and compare them first; each call awaited',
  },
].map(({ key, ...row }) => ({
  ...row,
  unit: 'ms',
  need: 'provider',
  includes: `the provider’s own method, called in a real extension host without VS Code’s calls around it: ${row.includes}`,
  read: ({ rounds }) => ({ value: median(rounds.flatMap(({ product }) => product.provider?.[key] ?? [])) }),
}))

/** @type {readonly RowDefinition[]} */
const stream = [
  {
    id: 'stream.first',
    what: 'first text of a 1,000-chunk stream, against a plain fetch',
    unit: 'ms',
    need: 'stream',
    includes: `${viaHost}; the reference is a plain fetch of the same stream in the same host`,
    read: ({ rounds }) => ({
      value: median(timesOf(rounds, 'product', 'firstMs')),
      reference: median(timesOf(rounds, 'plain', 'firstMs')),
    }),
  },
  {
    id: 'stream.share',
    what: 'our own share of the time to that first text',
    unit: 'ms',
    need: 'stream',
    target: 1.5,
    includes: `${viaHost}; median of the differences to the reference, a provider in the same host that only passes every token on, and so has VS Code send its 31st token at once, where a part that stands alone waits 30 ms`,
    read: ({ rounds }) => shareOf(rounds, 'product', 'floor'),
  },
  {
    id: 'stream.share.alone',
    what: 'our own share where the first chunk stands alone',
    unit: 'ms',
    need: 'stream',
    target: 1.5,
    includes: `${viaHost}; as above with a chunk every 50 ms, where VS Code makes both wait the same 30 ms: what is left is the provider’s own work`,
    read: ({ rounds }) => shareOf(rounds, 'productAlone', 'floorAlone'),
  },
  {
    id: 'stream.total',
    what: 'the whole 1,000-chunk stream, against a plain fetch',
    unit: 'ms',
    need: 'stream',
    includes: `${viaHost}; the reference is a plain fetch of the same stream in the same host`,
    read: ({ rounds }) => ({
      value: median(timesOf(rounds, 'product', 'totalMs')),
      reference: median(timesOf(rounds, 'plain', 'totalMs')),
    }),
  },
]

/** @type {readonly RowDefinition[]} */
const text = [5, 10, 20, 28, 50].flatMap((everyMs) =>
  [
    { id: 'first', what: 'first text', key: /** @type {const} */ ('firstMs'), target: 40 },
    { id: 'gap', what: 'longest gap between texts', key: /** @type {const} */ ('longestGapMs'), target: 70 },
  ].map(({ key, ...row }) => ({
    id: `text.${row.id}.${everyMs}ms`,
    what: `${row.what}, a token every ${everyMs} ms`,
    unit: 'ms',
    need: 'pace',
    target: row.target,
    includes: `64 tokens, ${viaHost}; the reference is a provider in the same host that only passes every token on`,
    read: ({ rounds }) => ({
      value: median(pacesOf(rounds, everyMs, 'product', key)),
      reference: median(pacesOf(rounds, everyMs, 'floor', key)),
    }),
  })),
)

/** @type {readonly RowDefinition[]} */
const embedded = [
  {
    id: 'embedded',
    what: 'embedded model, tokens per second',
    unit: 'tokens/s',
    need: 'embedded',
    atLeast: true,
    includes:
      'from the request to the end of a bounded answer, the child process and its messages included, VS Code excluded; the reference is node-llama-cpp used directly in a process of its own: same model (tiny, made here: the harder case, since what we add to each token weighs most), prompt, threads and token limit, taking turns. The target is 0.95 of the reference',
    read: (measurements) => {
      const { product, direct } = present(measurements.embedded)
      const reference = median(direct)
      return { value: median(product), reference, target: 0.95 * reference }
    },
  },
]

/** All rows, in the order of the table. */
export const rows = [
  ...single,
  ...provider,
  ...stream,
  ...text,
  ...wireRows,
  ...embedded,
  ...cacheRows,
  ...routingRows,
  ...usageRows,
  ...pipelineRows,
  ...promptRows,
]

/**
 * The rows whose id, or the beginning of it up to a dot, was named.
 * @param {readonly string[]} names none: all rows
 */
export function chooseRows(names) {
  if (names.length === 0) return rows
  return rows.filter(({ id }) => names.some((name) => id === name || id.startsWith(`${name}.`)))
}
