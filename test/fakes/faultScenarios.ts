import assert from 'node:assert/strict'
import { type OpenExtension, openExtension } from './extension.js'
import { secretKey, secretPrompt } from './faultChecks.js'
import type { Move } from './vscode/user.js'
import { hello, type Work, type WorkOptions } from './work.js'

/** The window that is open, which a scenario may replace by another one. */
export interface Stage {
  readonly work: Work
  window: OpenExtension
}

export interface FaultScenario {
  /** Behind `fails while`, e.g. `a chat is answered`. */
  readonly name: string
  readonly options?: WorkOptions
  /** The texts of requests are to be in files. */
  readonly keepsTexts?: true
  /** What has been done before, with no fault. */
  readonly prepare?: (stage: Stage) => Promise<void>
  /** Rejects where it fails and does not tell the user itself. */
  readonly act: (stage: Stage) => Promise<void>
  /** Whether the act has done what it is for; by default no error was told. */
  readonly isDone?: (stage: Stage) => boolean
}

/** As the user runs a command; moves that nothing asks for after a fault are not made. */
const command =
  (id: string, argument?: unknown, ...moves: readonly Move[]) =>
  async ({ window: { editor } }: Stage): Promise<void> => {
    editor.user.plan(...moves)
    await (editor.commands.get(id) ?? assert.fail(`${id} is not registered`))(argument)
    editor.user.dropMoves()
  }

const ask =
  (model = 'work/small', modelOptions: Readonly<Record<string, unknown>> = {}) =>
  async ({ window }: Stage): Promise<void> => {
    const { signal } = new AbortController()
    assert.equal(await window.ask(model, secretPrompt, { modelOptions, signal }), 'Hello')
  }

const enterKey = command('roundhouse.enterKey', 'work', { type: secretKey })
const connectionOf = ({ window }: Stage): string =>
  JSON.stringify(window.editor.settings.user.get('roundhouse.connections'))
const hasKey = ({ work }: Stage): boolean => JSON.stringify([...work.secrets]).includes(secretKey)
const hard = { id: 'month', name: 'Month', limit: 100, kind: 'hard' }
const cold = { temperature: 0 }
const caching = { 'roundhouse.cache.completions': true }

const embed = async ({ window, work }: Stage): Promise<void> => {
  work.answerChats(() => ({
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ data: [{ index: 0, embedding: [0.6, 0.8] }], usage: { prompt_tokens: 1 } }),
  }))
  const api = await window.exports.getApi(1, 'acme.helper')
  const { embeddings } = await api.embed({ texts: [secretPrompt], model: 'work/vectors' })
  assert.equal(embeddings.length, 1)
}

/** The next window over what the first has left behind. */
const reopen = async (stage: Stage): Promise<void> => {
  const { work } = stage
  await stage.window.close()
  stage.window = await openExtension({
    folder: work.folder,
    secrets: work.secrets,
    settings: { 'roundhouse.connections': [work.connection] },
  })
}

const requests: readonly FaultScenario[] = [
  { name: 'the first chat is answered', act: ask() },
  { name: 'a later chat is answered', prepare: ask(), act: ask() },
  { name: 'a chat with a key is answered', prepare: enterKey, act: ask() },
  {
    name: 'a chat within a hard budget is answered',
    options: { settings: { 'roundhouse.budgets': [hard] } },
    act: ask(),
  },
  {
    name: 'a chat within a rate limit is answered',
    options: { connection: { limits: { requestsPerMinute: 50 } } },
    act: ask(),
  },
  {
    name: 'a route answers a chat',
    options: { models: ['small', 'large'] },
    act: ask('auto'),
  },
  {
    name: 'a chat is answered and kept in the cache',
    options: { settings: caching },
    keepsTexts: true,
    act: ask('work/small', cold),
  },
  {
    name: 'a chat is answered from the cache',
    options: { settings: caching },
    keepsTexts: true,
    prepare: ask('work/small', cold),
    act: ask('work/small', cold),
  },
  {
    name: 'a chat is answered from a cache of files',
    options: { settings: { ...caching, 'roundhouse.cache.store': 'files' } },
    keepsTexts: true,
    prepare: ask('work/small', cold),
    act: ask('work/small', cold),
  },
  {
    name: 'a chat is answered and its texts are kept',
    options: { settings: { 'roundhouse.usage.keepTexts': true } },
    keepsTexts: true,
    act: ask(),
  },
  { name: 'another extension embeds a text', options: { vectors: ['vectors'] }, act: embed },
  { name: 'a window opens over what another has left', prepare: ask(), act: reopen },
]

const keysAndConnections: readonly FaultScenario[] = [
  { name: 'a key is entered', act: enterKey, isDone: hasKey },
  {
    name: 'a key is replaced',
    prepare: command('roundhouse.enterKey', 'work', { type: 'an-older-key-of-this-test' }),
    act: command('roundhouse.rotateKey', 'work', { type: secretKey }),
    isDone: hasKey,
  },
  {
    name: 'a key is forgotten',
    prepare: enterKey,
    act: command('roundhouse.forgetKey', 'work', { press: 'Forget' }),
    isDone: (stage) => !hasKey(stage),
  },
  { name: 'a connection is tested', act: command('roundhouse.testConnection', 'work') },
  { name: 'the models are refreshed', act: command('roundhouse.refreshModels') },
  {
    name: 'a connection is renamed',
    act: command('roundhouse.editConnection', 'work', { pick: 'Name' }, { type: 'Other Work' }),
    isDone: (stage) => connectionOf(stage).includes('Other Work'),
  },
  {
    name: 'a connection is duplicated',
    act: command('roundhouse.duplicateConnection', 'work', { type: 'Second' }, { type: '' }),
    isDone: (stage) => connectionOf(stage).includes('Second'),
  },
  {
    name: 'a connection is removed',
    act: command('roundhouse.removeConnection', 'work', { press: 'Remove' }),
    isDone: (stage) => connectionOf(stage) === '[]',
  },
  {
    name: 'a model becomes the default',
    act: command('roundhouse.setDefaultModel', 'work/small'),
    isDone: ({ window }) => window.editor.settings.user.get('roundhouse.defaultModel') === 'work/small',
  },
]

const reports: readonly FaultScenario[] = [
  {
    name: 'the usage is shown',
    prepare: ask(),
    act: command('roundhouse.showUsage', undefined, { pick: 'Today' }, { pick: 'By model' }),
  },
  {
    name: 'the usage is exported',
    prepare: ask(),
    act: command(
      'roundhouse.exportUsage',
      undefined,
      { pick: 'Today' },
      { pick: 'Each call, CSV' },
      { files: ['/saved/usage.csv'] },
    ),
    isDone: ({ window }) => window.editor.saved.has('/saved/usage.csv'),
  },
  {
    name: 'old usage is deleted',
    prepare: ask(),
    act: command('roundhouse.deleteUsage', undefined, { type: '3' }, { press: 'Delete' }),
  },
  {
    name: 'the budgets are shown',
    options: { settings: { 'roundhouse.budgets': [hard] } },
    prepare: ask(),
    act: command('roundhouse.showBudgets'),
  },
  { name: 'the health is shown', prepare: ask(), act: command('roundhouse.showHealth') },
  { name: 'the changes are shown', prepare: enterKey, act: command('roundhouse.showChanges') },
  {
    name: 'the cache is cleared',
    options: { settings: caching },
    keepsTexts: true,
    prepare: ask('work/small', cold),
    act: command('roundhouse.clearCache', undefined, { pick: 'Everything' }),
  },
  {
    name: 'kept texts are deleted',
    options: { settings: { 'roundhouse.usage.keepTexts': true } },
    keepsTexts: true,
    prepare: ask(),
    act: command('roundhouse.deleteTexts', undefined, { press: 'Delete' }),
  },
]

export const faultScenarios: readonly FaultScenario[] = [
  ...requests.map((scenario) => ({ options: { reply: hello }, ...scenario })),
  ...keysAndConnections,
  ...reports,
]
