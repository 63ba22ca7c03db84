// What everything between a request and its provider adds to a call, beside the Vercel AI SDK.
import { present } from './figures.mjs'
import { differences, median } from './statistics.mjs'

/**
 * @typedef {import('./rows.mjs').RowDefinition} RowDefinition
 * @typedef {import('../../test/bench/pipeline/program.js').PipelineFigures} PipelineFigures
 */

const setting =
  'one server on this machine, in a process of its own, asked in turn, the order going round; a process without VS Code, the code bundled as the product is; a prompt of 1 KB, an answer of nine pieces, two milliseconds between an answer and the next question'

/** @param {{ pipeline?: PipelineFigures }} measurements */
function addedTimes({ pipeline }) {
  const { streamFetch, product, documentFetch, generateText } = present(pipeline)
  return {
    ours: median(differences(product, streamFetch)),
    peer: median(differences(generateText, documentFetch)),
  }
}

const ours =
  'the whole way of a request with everything on, over plain fetch of the same stream: cache (which does not know the question; it keeps the answer after it is given, the last row), router, circuit breaker, requests at once and a minute, a hard budget reserved and settled, meter, ledger, metrics, provider, databases on disk; the provider reaches a server of this machine through node:http, as the product does'

/** @type {readonly RowDefinition[]} */
export const pipelineRows = [
  {
    id: 'pipeline.added',
    what: 'added to a chat call over plain fetch, p50',
    unit: 'ms',
    need: 'pipeline',
    target: 0.35,
    includes: `${ours}; ${setting}`,
    read: (measurements) => ({ value: addedTimes(measurements).ours }),
  },
  {
    id: 'pipeline.peer',
    what: 'the same, beside generateText of the AI SDK, p50',
    unit: 'ms',
    need: 'pipeline',
    includes: `${ours}; the reference, which is the target too, is what the AI SDK’s generateText adds over plain fetch of the same answer as one document, without any of that; ${setting}`,
    read(measurements) {
      const added = addedTimes(measurements)
      return { value: added.ours, reference: added.peer, target: added.peer }
    },
  },
  {
    id: 'pipeline.after',
    what: 'done after a chat call, p50',
    unit: 'ms',
    need: 'pipeline',
    includes: `writing the answer into the cache, and what else the program does before the next question, over what it does without a call; ${setting}`,
    read({ pipeline }) {
      const { after, idle } = present(pipeline)
      return { value: median(differences(after, idle)) }
    },
  },
]
