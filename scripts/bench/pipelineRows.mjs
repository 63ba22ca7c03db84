// What everything between a request and its provider adds to a call, beside the Vercel AI SDK.
import { present } from './figures.mjs'
import { differences, median } from './statistics.mjs'

/**
 * @typedef {import('./rows.mjs').RowDefinition} RowDefinition
 * @typedef {import('../../test/bench/pipeline/program.js').PipelineFigures} PipelineFigures
 */

const setting =
  'one server on this machine, in a process of its own; a process without VS Code, the code bundled as the product is; a prompt of 1 KB, an answer of nine pieces'
const inRow = `${setting}; a hundred calls of one contestant after a hundred of another, each right after the one before, the order going round, after 600 of each`
const apart = `${setting}; the contestants in turn, two milliseconds between an answer and the next question`

/** @param {PipelineFigures['inRow']} times */
function addedTimes({ streamFetch, product, documentFetch, generateText }) {
  return {
    ours: median(differences(product, streamFetch)),
    peer: median(differences(generateText, documentFetch)),
  }
}

const ours =
  'the whole way of a request with everything on, over plain fetch of the same stream and its text: cache (which does not know the question; it keeps the answer after it is given, the last row), router, circuit breaker, requests at once and a minute, a hard budget reserved and settled, meter, ledger, metrics, provider, databases on disk; the provider reaches a server of this machine through node:http, as the product does'
const theirs =
  'the reference is what the AI SDK’s generateText adds over plain fetch of the same answer as one document, without any of that; the target is 1.2 of it'

/** @type {readonly RowDefinition[]} */
export const pipelineRows = [
  {
    id: 'pipeline.added',
    what: 'added to a chat call over plain fetch, p50',
    unit: 'ms',
    need: 'pipeline',
    target: 0.35,
    includes: `${ours}; ${inRow}`,
    read: ({ pipeline }) => ({ value: addedTimes(present(pipeline).inRow).ours }),
  },
  {
    id: 'pipeline.peer',
    what: 'the same, beside generateText of the AI SDK, p50',
    unit: 'ms',
    need: 'pipeline',
    includes: `${ours}; ${theirs}; ${inRow}`,
    read({ pipeline }) {
      const added = addedTimes(present(pipeline).inRow)
      return { value: added.ours, reference: added.peer, target: 1.2 * added.peer }
    },
  },
  {
    id: 'pipeline.apart',
    what: 'the same, where calls are apart, p50',
    unit: 'ms',
    need: 'pipeline',
    includes: `${ours}; ${theirs}; ${apart}: what others leave in the processor’s caches costs whoever does more the most`,
    read({ pipeline }) {
      const added = addedTimes(present(pipeline).apart)
      return { value: added.ours, reference: added.peer }
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
