import type { Cut } from '../cut.js'

const never = '() => ({ dispose: () => {} })'

/** What the extension tells by itself. */
const telling: readonly Cut[] = [
  {
    row: 'budget warnings',
    symbol: 'createRequestLoads',
    wire: '(warning) => notices.budget(warning)',
    to: '() => {}',
  },
  { row: 'budget warnings', symbol: 'createLedgers', wire: '() => budgets.warn()', to: '() => {}' },
  {
    row: 'budget warnings',
    symbol: 'createLedgers',
    wire: 'onWarning: options.onBudgetWarning',
    to: 'onWarning: () => {}',
  },
  {
    row: 'budget warnings',
    symbol: 'createShownNotices',
    wire: 'host: { execute: executeCommand }',
    to: 'host: { execute: async () => {} }',
  },
  { row: 'alerts', symbol: 'createAccounting', wire: '(record) => alerts.observe(record),', to: '' },
  {
    row: 'alerts',
    symbol: 'createRequestLoads',
    wire: '(alert, silence) => notices.alert(alert, silence)',
    to: '() => {}',
  },
  {
    row: 'alerts',
    symbol: 'createAccounting',
    wire: 'alerts.silence(keyOf(alert), dayMs)',
    to: 'undefined',
  },
  { row: 'alerts', symbol: 'buildPipeline', wire: 'void feed.start()', to: '' },
  {
    row: 'kept texts',
    symbol: 'createRequests',
    wire: 'createKeptTextsOffer({ policies, loadTexts, notices, inUse, log })',
    to: '{ dispose: () => {} }',
  },
  {
    row: 'setting problems',
    symbol: 'createDoors',
    wire: 'joinProblems([...policies.checked, templates])',
    to: 'joinProblems([])',
  },
]

/** What the extension keeps to itself, and what it keeps for its user. */
const keeping: readonly Cut[] = [
  {
    row: 'redaction',
    symbol: 'openDoors',
    wire: 'createLog(channel, redactor)',
    to: 'createLog(channel, { ...redactor, redact: (text) => text })',
  },
  {
    row: 'redaction',
    symbol: 'createModels',
    wire: '(secret) => redactor.register(secret)',
    to: '() => {}',
  },
  {
    row: 'redaction',
    symbol: 'createFoundations',
    wire: 'redactor.redact(text)',
    to: 'text',
  },
  {
    row: 'redaction',
    symbol: 'createMeteredAttempt',
    wire: 'store: texts, redact,',
    to: 'store: texts, redact: (text) => text,',
  },
  {
    row: 'audit',
    symbol: 'createRequestLoads',
    wire: 'createAudited(connections, policies, { providers, environment: ports.environment, written })',
    to: '[]',
  },
  { row: 'audit', symbol: 'createUpkeep', wire: 'settings: audited', to: 'settings: []' },
  {
    row: 'audit',
    symbol: 'createUpkeep',
    wire: '...watchedKeys(options, accounting)',
    to: `...watchedKeys(options, accounting), credentials: { ...credentials, onDidChange: ${never} }`,
  },
  {
    row: 'audit',
    symbol: 'watchedKeys',
    wire: 'onDidRefuseKey: tests.onDidRefuseKey',
    to: `onDidRefuseKey: ${never}`,
  },
  {
    row: 'audit',
    symbol: 'watchedKeys',
    wire: 'onDidAttempt: ledger.onDidAppend',
    to: `onDidAttempt: ${never}`,
  },
  ...['connection', 'runtime', 'route', 'budget', 'usage', 'setting'].map((subject) => ({
    row: 'audit',
    symbol: 'createAudited',
    wire: `subject: '${subject}', entries:`,
    to: `subject: '${subject}', entries: () => new Map(), unused:`,
  })),
  {
    row: 'closing',
    symbol: 'createServices',
    wire: 'const closed = requests.close()',
    to: 'const closed = Promise.resolve()',
  },
  { row: 'closing', symbol: 'openDoors', wire: '.then((loaded) => loaded.close())', to: '' },
  { row: 'upkeep', symbol: 'createServices', wire: 'ready.then(() => upkeep.soon())', to: 'ready' },
  { row: 'upkeep', symbol: 'createServices', wire: 'upkeep.now()', to: '' },
  {
    row: 'test',
    symbol: 'createDoors',
    wire: '(connection) => tests.remember(connection)',
    to: 'async () => {}',
  },
]

/** What holds a request back, or helps it on. */
const guarding: readonly Cut[] = [
  {
    row: 'the model used last',
    symbol: 'createChatDoor',
    wire: 'void recentModels.add(formatModelRef(answered.request.model))',
    to: '',
  },
  {
    row: 'what Chat sends besides',
    symbol: 'createForecast',
    wire: 'simulate(overhead.around(request))',
    to: 'simulate(request)',
  },
  {
    row: 'what Chat sends besides',
    symbol: 'buildPipeline',
    wire: '[routing.overhead.watch, cache.middleware]',
    to: '[cache.middleware]',
  },
  {
    row: 'key refresh',
    symbol: 'describeRouter',
    wire: 'sameModelElsewhere, refreshKey,',
    to: 'sameModelElsewhere, refreshKey: async () => false,',
  },
  {
    row: 'key refresh',
    symbol: 'createRequestLoads',
    wire: 'inUse, refreshKey,',
    to: 'inUse, refreshKey: async () => false,',
  },
  {
    row: 'ledger',
    symbol: 'createRequests',
    wire: 'refuseWithoutLedger(policies.budgets(), cause)',
    to: 'undefined',
  },
  {
    row: 'limits',
    symbol: 'createLedgers',
    wire: 'createRateLimiter({ ...shared, limitsOf, giveBackAhead, onWait: options.onWait })',
    to: 'createRateLimiter({ ...shared, giveBackAhead, limitsOf: () => undefined })',
  },
  {
    row: 'limits',
    symbol: 'createMeteredAttempt',
    wire: '{ limiter, budgets,',
    to: '{ limiter: { admit: async () => undefined }, budgets,',
  },
  {
    row: 'local only',
    symbol: 'createFoundations',
    wire: 'isLocalOnly: localOnly.get',
    to: 'isLocalOnly: () => false',
  },
  { row: 'use', symbol: 'createUpkeep', wire: 'records, inUse,', to: 'records, inUse: () => true,' },
  { row: 'use', symbol: 'createModels', wire: 'files, inUse', to: 'files, inUse: () => true' },
  {
    row: 'trust',
    symbol: 'createFoundations',
    wire: '() => vscode.workspace.isTrusted',
    to: '() => true',
  },
  {
    row: 'prices',
    symbol: 'createCatalogs',
    wire: '[catalog, snapshot]',
    to: '[catalog]',
  },
]

/** What the extension learns, and whom it counts. */
const learning: readonly Cut[] = [
  { row: 'calibration', symbol: 'createMeteredAttempt', wire: 'createCalibration(tokens)', to: '' },
  {
    row: 'measurements',
    symbol: 'createRouting',
    wire: '(model) => metrics.model(model)',
    to: '() => undefined',
  },
  {
    row: 'conversations',
    symbol: 'createAccounting',
    wire: 'recall: (record) => recent.recall(record),',
    to: '',
  },
  {
    row: 'API callers',
    symbol: 'createExportedApi',
    wire: "{ door: 'api', extension: id, ...readCallerContext() }",
    to: "{ door: 'api' }",
  },
  {
    row: 'API callers',
    symbol: 'createExportedApi',
    wire: "door: 'api', extension: id, ...readCallerContext()",
    to: "door: 'api', extension: id",
  },
  {
    row: 'API callers',
    symbol: 'createExportedApi',
    wire: '{ version, extension }, isInstalled',
    to: '{ version, extension }, () => true',
  },
]

/** Wires that belong to no single setting or command. */
export const otherCuts: readonly Cut[] = [...telling, ...keeping, ...guarding, ...learning]
