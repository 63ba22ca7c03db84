// docs/providers.md: which provider can do what, and the test that proves it. Everything in it is read from the
// provider table, the contract fixtures and the titles of the tests, so a new provider appears by itself.
import { notice, table } from './docs.mjs'
import { particularRows } from './particulars.mjs'
import { chatCell, code, groupsWith, lack, ownProofs } from './providerFeatures.mjs'

/**
 * @typedef {import('../../src/core/provider.ts').Provider} Provider
 * @typedef {import('../../test/contract/fixtures.ts').Fixtures} Fixtures
 * @typedef {import('./providerFeatures.mjs').Candidate} Candidate
 * @typedef {import('./providerFeatures.mjs').Cell} Cell
 * @typedef {import('./providerFeatures.mjs').Feature} Feature
 * @typedef {{ readonly path: string, readonly text: string }} TestFile
 */

/** Collects the reasons of the page, each once. */
function createFootnotes() {
  /** @type {string[]} */
  const reasons = []
  return {
    /** @param {string} reason */
    mark(reason) {
      if (!reasons.includes(reason)) reasons.push(reason)
      return `–[^${reasons.indexOf(reason) + 1}]`
    },
    text: () =>
      reasons.map((reason, index) => `[^${index + 1}]: ${reason.replace(/([^.!?])$/, '$1.')}`).join('\n'),
  }
}

/** @param {Candidate} candidate */
function labelOf({ name, provider }) {
  return name === provider.id ? provider.name : `${provider.name}${name.slice(provider.id.length)}`
}

/** @param {string} id @param {string} feature @param {readonly TestFile[]} tests @returns {Cell} */
function ownCell(id, feature, tests) {
  for (const [path, titles] of Object.entries(ownProofs[id] ?? {})) {
    const title = titles[feature]
    if (title === undefined) continue
    const isThere = tests.some((file) => file.path === path && file.text.includes(`it('${title}'`))
    if (!isThere) throw new Error(`scripts/generate/providers.mjs: no test "${title}" in ${path}`)
    return { proof: `[own](../${path} "${title}")` }
  }
  return lack('It runs in a process of its own, without a wire: what is not named is not held by a test.')
}

/** @param {Feature} feature @param {Candidate} candidate @param {readonly TestFile[]} tests */
function cellOf(feature, candidate, tests) {
  const { fixtures, provider } = candidate
  if (provider.id in ownProofs) return ownCell(provider.id, feature.name, tests)
  if (fixtures === undefined) return lack('It has no fixtures yet.')
  return feature.cell?.(fixtures, candidate) ?? chatCell(fixtures, feature.scenario ?? '')
}

/** @param {readonly string[]} head @param {readonly Candidate[]} candidates @param {(candidate: Candidate) => readonly string[]} cells */
function matrix(head, candidates, cells) {
  return table(
    ['', ...head],
    candidates.map((candidate) => [`**${labelOf(candidate)}**`, ...cells(candidate)]),
  )
}

/** @param {Fixtures} fixtures @param {string} name @param {(reason: string) => string} mark */
function errorCell(fixtures, name, mark) {
  const fixture = name === 'inBandError' ? fixtures.chats.inBandError : fixtures.errors[name]
  if ('exempt' in fixture) return mark(fixture.exempt)
  const { expect } = fixture
  return code(name === 'inBandError' ? expect.error.code : expect.code)
}

/** Titles that hold for every provider; what a loop fills in is left open. @param {TestFile} file */
function titlesOf({ text }) {
  const titles = [...text.matchAll(/\bit\(\s*(['`])(.+?)\1,/g)].map(([, , title]) => title)
  return titles
    .filter(
      (title) =>
        !/\$\{candidate|is exempt|fixture\.expect|as its fixture|that its fixture|state them/.test(title),
    )
    .map((title) => `- ${title.replaceAll(/\$\{[^}]*\}/g, '…').replaceAll(/^…: /g, '')}`)
}

/** @param {Provider} provider */
function factsOf({ name, id, location, baseUrl, otherBaseUrls = [], key, dataRetention }) {
  const kept = dataRetention === undefined ? '' : `${dataRetention.note} [Source](${dataRetention.url})`
  const where = location === 'local' ? 'this machine or your network' : 'cloud'
  const needs = key === undefined ? 'none' : key.required ? 'needed' : 'optional'
  const addresses = baseUrl === undefined ? [] : [baseUrl, ...otherBaseUrls]
  return [name, code(id), where, addresses.map(code).join(' or '), needs, kept]
}

const waiting = `How long a connection waits, each in seconds and each by itself:

| Option | For | Where not given |
| --- | --- | --- |
| \`connectTimeoutSeconds\` | the connection itself, its name’s lookup and TLS included | 10 |
| \`firstByteTimeoutSeconds\` | the first byte of the answer, from the request on | 60; 600 for a local server, which may load its model first, and for a model that reasons |
| \`eventTimeoutSeconds\` | each pause in the answer | 90; 600 for a model that reasons, and while Ollama makes a tool call, which it sends when it is whole |

\`timeoutSeconds\` stands for the last two where they have no value of their own. Pings end a pause, but they are no
progress: what sends nothing else for ten minutes is given up, or for \`eventTimeoutSeconds\` where that is longer. A list
of models waits 10 seconds in all.

A time to connect above 10 seconds has an effect over plain HTTP to this machine alone: everything else goes through
VS Code’s own network code, for the sake of proxies and certificates, and that gives up after 10 seconds by itself. A
shorter time holds wherever Node’s network code makes the connection; with \`http.electronFetch\` VS Code’s own limits
hold alone.`

const alike = ['streams', 'cancellation', 'faults', 'connections', 'errors', 'rateLimits', 'testConnection']

/**
 * @param {readonly Candidate[]} rows
 * @param {readonly string[]} chatNames
 * @param {(feature: Feature, candidate: Candidate) => string} cell
 */
function featureSections(rows, chatNames, cell) {
  return groupsWith(chatNames).map(({ title, features }) => {
    const head = features.map(({ name }) => name)
    const cells = matrix(head, rows, (candidate) => features.map((feature) => cell(feature, candidate)))
    return `## ${title}\n\n${cells}`
  })
}

/**
 * @param {{ providers: readonly Provider[], candidates: readonly Candidate[], chatNames: readonly string[], errorNames: readonly string[], tests: readonly TestFile[] }} sources
 */
export function providersDocument({ providers, candidates, chatNames, errorNames, tests }) {
  const footnotes = createFootnotes()
  const others = providers.filter(({ id }) => !candidates.some(({ provider }) => provider.id === id))
  const rows = [
    ...others.map((provider) => ({ name: provider.id, provider, fixtures: undefined })),
    ...candidates,
  ]
  const sections = featureSections(rows, chatNames, (feature, candidate) => {
    const cell = cellOf(feature, candidate, tests)
    return 'proof' in cell ? cell.proof : footnotes.mark(cell.lacks)
  })
  const errors = [...errorNames, 'inBandError']
  const served = candidates.filter(({ fixtures }) => fixtures !== undefined)
  const errorTable = matrix(errors, served, ({ fixtures }) =>
    errors.map((name) => errorCell(fixtures, name, (reason) => footnotes.mark(reason))),
  )
  const held = alike.flatMap((name) => {
    const file = tests.find(({ path }) => path === `test/contract/${name}.test.ts`)
    return file === undefined ? [] : titlesOf(file)
  })
  const { particulars, rules } = particularRows(tests)
  return `# Providers

${notice}

${table(['Provider', 'Id', 'Runs', 'Address', 'Key', 'What its maker says it keeps'], providers.map(factsOf))}

A cell names the scenario of the [contract tests](../test/contract/README.md) that proves it, against a real HTTP
server with fixtures written by hand from the published grammars: \`image\` beside a provider is the test “image: is
asked and understood as its fixture says” under “… answers”. \`list\`, \`embeddings\`, \`countTokens\` and
\`rateLimits\` are suites of those names.

${sections.join('\n\n')}

## Errors

What each becomes; \`inBandError\` comes inside a stream that has begun well.

${errorTable}

## Particular to a provider

${table(['Provider', 'What', 'Proven by'], particulars)}

## Rules for all

${table(['What', 'Proven by'], rules)}

## Waiting

${waiting}

## Held alike by every provider with a server

${held.join('\n')}

${footnotes.text()}
`
}
