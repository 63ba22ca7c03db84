// The features of docs/providers.md, and where the contract fixtures prove each.

/**
 * @typedef {import('../../src/core/provider.ts').Provider} Provider
 * @typedef {import('../../test/contract/fixtures.ts').Fixtures} Fixtures
 * @typedef {{ readonly name: string, readonly provider: Provider, readonly fixtures: Fixtures | undefined }} Candidate
 * @typedef {{ readonly proof: string } | { readonly lacks: string }} Cell
 * @typedef {{ readonly name: string, readonly scenario?: string, readonly cell?: (fixtures: Fixtures, candidate: Candidate) => Cell }} Feature
 */

/** @param {string} scenario */
export const code = (scenario) => `\`${scenario}\``

/** @param {string} scenario @returns {Cell} */
const proof = (scenario) => ({ proof: code(scenario) })

/** @param {string} lacks @returns {Cell} */
export const lack = (lacks) => ({ lacks })

/** A chat scenario, or why there is none. @param {Fixtures} fixtures @param {string} scenario @returns {Cell} */
export function chatCell({ chats }, scenario) {
  const fixture = chats[scenario]
  if (fixture === undefined) return lack('No contract test holds it yet.')
  return 'exempt' in fixture ? lack(fixture.exempt) : proof(scenario)
}

/**
 * The first chat scenario of which something holds.
 * @param {Fixtures} fixtures
 * @param {(fixture: import('../../test/contract/fixtures.ts').ChatFixture) => boolean} holds
 */
function findChat({ chats }, holds) {
  const found = Object.entries(chats).find(([, fixture]) => !('exempt' in fixture) && holds(fixture))
  return found?.[0]
}

/** A kind of token that the usage of some answer counts. @param {string} kind @param {string} otherwise */
const usage = (kind, otherwise) => (/** @type {Fixtures} */ fixtures) => {
  const scenario = findChat(fixtures, ({ expect }) => (expect.usage?.[kind] ?? 0) > 0)
  return scenario === undefined ? lack(otherwise) : proof(scenario)
}

/** @param {Fixtures} fixtures */
function parallelTools(fixtures) {
  const fixture = fixtures.chats.parallelTools
  if ('exempt' in fixture) return lack(fixture.exempt)
  const count = fixture.expect.toolCalls?.length ?? 0
  return count > 1 ? proof('parallelTools') : lack('Its models call one tool at a time.')
}

const cacheWords = /"(cache_control|prompt_cache_key|cachedContent)"/

/** @param {Fixtures} fixtures */
function promptCaching(fixtures) {
  const asked = findChat(fixtures, ({ sent = {} }) =>
    cacheWords.test(JSON.stringify([sent, Object.keys(sent).map((pointer) => pointer.split('/').at(-1))])),
  )
  if (asked !== undefined) return proof(asked)
  const counted = findChat(fixtures, ({ expect }) => (expect.usage?.cacheReadInputTokens ?? 0) > 0)
  return counted === undefined ? lack('It tells of no cache.') : { proof: `by itself (${code(counted)})` }
}

/** @param {Fixtures} fixtures @param {Candidate} candidate */
function prices({ list }, { provider }) {
  if (list.models.some(({ pricing }) => pricing !== undefined)) return proof('list')
  return provider.location === 'local'
    ? lack('What it costs to run a server is not known to it.')
    : lack(
        'Its list states no prices: they come from the catalogue, the built-in price list or your settings.',
      )
}

/** @param {Fixtures} fixtures @param {Candidate} candidate */
function embeddings({ embeddings: fixture }, { provider }) {
  if (fixture !== undefined) return 'exempt' in fixture ? lack(fixture.exempt) : proof('embeddings')
  return provider.embed === undefined
    ? lack(`No embeddings are asked of ${provider.name}.`)
    : lack('No contract test holds it yet.')
}

/** @param {Fixtures} fixtures @param {Candidate} candidate */
function reranking({ rerank: fixture }, { provider }) {
  if (provider.rerank === undefined) return lack('Its API, as it is used here, ranks no documents.')
  if (fixture === undefined) return lack('No contract test holds it yet.')
  return 'exempt' in fixture ? lack(fixture.exempt) : proof('rerank')
}

/** @param {Fixtures} fixtures @param {Candidate} candidate */
function tokenCount({ countTokens }, { provider }) {
  if (provider.countTokens === undefined)
    return lack('No count is asked of it before a request: the estimate holds, and learns from its usage.')
  return countTokens === undefined ? lack('No contract test holds it yet.') : proof('countTokens')
}

/** @param {Fixtures} fixtures */
function limits({ list }) {
  const states = list.models.some(
    (model) => model.contextWindow !== undefined || model.maxInputTokens !== undefined,
  )
  return states
    ? proof('list')
    : lack('Its list states no limits: they come from the catalogue or your settings.')
}

/** @type {readonly { readonly title: string, readonly features: readonly Feature[] }[]} */
const groups = [
  {
    title: 'Asking and answering',
    features: [
      { name: 'Text', scenario: 'text' },
      { name: 'Tools', scenario: 'toolResults' },
      { name: 'Parallel tools', scenario: 'parallelTools', cell: parallelTools },
      { name: 'Tool results with images', scenario: 'toolResults' },
      { name: 'Images', scenario: 'image' },
      { name: 'PDFs', scenario: 'pdf' },
    ],
  },
  {
    title: 'Reasoning and form',
    features: [
      { name: 'Reasoning', scenario: 'reasoning' },
      { name: 'Reasoning round trip', scenario: 'reasoningReturn' },
      { name: 'Structured output', scenario: 'structured' },
      { name: 'Parameters', scenario: 'parameters' },
      { name: 'Cut by its limit', scenario: 'length' },
      { name: 'Stopped by a filter', scenario: 'contentFilter' },
    ],
  },
  {
    title: 'Models, tokens and limits',
    features: [
      { name: 'Model list', cell: () => proof('list') },
      { name: 'Limits in the list', cell: limits },
      { name: 'Prices in the list', cell: prices },
      { name: 'Usage', cell: usage('outputTokens', 'It counts no tokens: they are estimated.') },
      { name: 'Cached tokens', cell: usage('cacheReadInputTokens', 'It tells of no cached tokens.') },
      {
        name: 'Reasoning tokens',
        cell: usage('reasoningOutputTokens', 'It does not count reasoning apart.'),
      },
      { name: 'Prompt caching', cell: promptCaching },
      { name: 'Exact token count', cell: tokenCount },
      { name: 'Embeddings', cell: embeddings },
      { name: 'Reranking', cell: reranking },
      {
        name: 'Rate headers',
        cell: ({ rateLimits }) => ('exempt' in rateLimits ? lack(rateLimits.exempt) : proof('rateLimits')),
      },
    ],
  },
]

/** Scenarios with a place of their own on the page. */
const placed = new Set([
  'inBandError',
  ...groups.flatMap(({ features }) => features.map(({ scenario }) => scenario)),
])

/** A scenario that nobody has given a heading stands under its own name. @param {readonly string[]} chatNames */
export function groupsWith(chatNames) {
  const others = chatNames.filter((name) => !placed.has(name)).map((name) => ({ name, scenario: name }))
  return others.length === 0 ? groups : [...groups, { title: 'Further scenarios', features: others }]
}

/** What a provider without a server is held by: the test's title, which must be in the file. */
export const ownProofs = {
  llamacpp: {
    'test/unit/providers/llamacpp.test.ts': {
      Text: 'answers, from the system’s text to the end',
      'Model list': 'lists each file as a model, by its file name and with the facts it states',
      'Exact token count':
        'counts tokens by the model’s own tokenizer, and more of them for a longer conversation',
      Embeddings: 'embeds texts in any number, and counts their tokens exactly',
      Reranking: 'ranks documents by a query, and names the model that cannot',
    },
    'test/unit/platform/llama/chatFormat.test.ts': {
      Reasoning: 'tells a thought from the answer, and counts it',
      'Reasoning tokens': 'tells a thought from the answer, and counts it',
    },
    'test/unit/platform/llama/answerForm.test.ts': {
      'Structured output': 'keeps to its JSON schema, whatever the model would rather say',
    },
    'test/unit/platform/llama/generate.test.ts': {
      Tools: 'answers from a tool’s result',
      'Parallel tools': 'hands over several calls of one turn, each with an id of its own',
    },
    'test/unit/platform/llama/engine.test.ts': {
      'Limits in the list': 'reads the facts that the file states',
      'Cut by its limit': 'ends with length after maxOutputTokens',
      Parameters: 'ends before a stop text',
      Usage: 'gives the model’s reply word for word, its exact usage and how it ended',
      'Cached tokens': 'reports what it still had of the prompt as read from the cache',
      'Prompt caching': 'reports what it still had of the prompt as read from the cache',
    },
  },
}
