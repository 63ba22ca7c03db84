import assert from 'node:assert/strict'
import { ModelError } from '../../../../src/core/errors.js'
import { createRedactor } from '../../../../src/core/redact.js'
import { createLog } from '../../../../src/vscode/log.js'
import { describeForHost } from '../../../../src/vscode/modelInformation.js'
import { changeReport } from '../../../../src/vscode/views/changeReport.js'
import { decisionReport } from '../../../../src/vscode/views/decisionReport.js'
import { inertText, plainLine, visibleText } from '../../../../src/vscode/views/foreignText.js'
import { escapeIcons, escapeMarkdown } from '../../../../src/vscode/views/format.js'
import { markdownTable } from '../../../../src/vscode/views/markdownTable.js'
import { connectionTooltip, modelTooltip } from '../../../../src/vscode/views/modelTooltip.js'
import { describeStatusBar } from '../../../../src/vscode/views/statusBarItem.js'
import { buildSwitcher } from '../../../../src/vscode/views/switcherItems.js'
import { buildTree, type TreeRow } from '../../../../src/vscode/views/treeItems.js'
import { createConnection } from '../../../fakes/scriptedProvider.js'
import { createModel, createView, now } from './samples.js'

/** What a server, a proxy, a model or a file might call itself. */
const hostile =
  'a [free](command:x.y "t") ![i](https://z.test/i.png) [r][1] <img src=x> $(zap) `c` **b** \u202Egnp\u0007\u2066\r\n\n# Head\n\n[1]: command:x'
const harmless = 'harmless'

/** What would do something in Markdown, with its backslashes taken for what they are. */
function liveMarkdown(markdown: string, isEscaped = true): readonly string[] {
  const read = markdown.replaceAll(/\\[\\`*_{}[\]()#+\-.!|~$>:@]/g, '')
  const links = [/\]\(/, /!\[/, /\]\[/, /^\[[^\]]+\]:/m, /<(?!\/?div\b)[a-z]/i, /^# Head/m]
  const live = isEscaped ? [...links, /`[^`]*c/, /\*\*b\*\*/] : links
  return live.filter((pattern) => pattern.test(read)).map(String)
}

const invisible = /(?![\t\n])\p{Cc}|[\u200e\u200f\u202a-\u202e\u2066-\u2069]/u

function viewOf(words: string) {
  const model = createModel({ id: words, name: words, description: words, family: words })
  const error = new ModelError({ code: 'unreachable', message: words })
  return createView({
    connection: createConnection({ id: 'work', name: words, provider: 'cloud' }),
    models: [model],
    state: { kind: 'unreachable', since: now, error },
    test: { at: now, outcome: { step: 'list', code: 'unreachable', message: words } },
  })
}

function rowsOf(words: string): readonly TreeRow[] {
  const view = viewOf(words)
  const flatten = (rows: readonly TreeRow[]): readonly TreeRow[] =>
    rows.flatMap((row) => [row, ...flatten(row.children)])
  const problems = [{ path: 'roundhouse.connections[0]', message: words }]
  const rows = buildTree({
    views: [view],
    lastCheck: () => ({ at: now, latencyMs: 1, error: new ModelError({ code: 'timeout', message: words }) }),
    problems,
    filter: '',
    defaultModel: undefined,
    now,
  })
  return flatten(rows)
}

function statusOf(words: string) {
  const view = viewOf(words)
  const model = view.models[0]
  const known = describeStatusBar({ id: `work/${words}`, view, model, chosen: true }, now)
  const gone = describeStatusBar(
    { id: `work/${words}`, view: undefined, model: undefined, chosen: true },
    now,
  )
  return [known, gone]
}

/** Every Markdown that holds words from elsewhere. */
const markdown: Readonly<Record<string, (words: string) => string>> = {
  'the tooltip of a model': (words) =>
    modelTooltip(createModel({ id: words, name: words }), viewOf(words), now),
  'the tooltip of a connection': (words) => connectionTooltip(viewOf(words), now),
  'the tooltips of the tree': (words) =>
    rowsOf(words)
      .map((row) => row.tooltip?.(now) ?? '')
      .join('\n\n'),
  'the tooltip of the status bar': (words) =>
    statusOf(words)
      .map(({ tooltip }) => tooltip)
      .join('\n\n'),
  'a table of a page': (words) => markdownTable(['Name'], [[words]]),
  'the page of a decision': (words) =>
    decisionReport({
      requestId: 'r',
      at: 0,
      asked: words,
      chosen: words,
      reason: words,
      outcome: 'answered',
      notes: [words],
      ranked: [{ model: words, score: 1, reasons: [words] }],
      leftOut: [{ model: words, code: 'no-key', message: words }],
      tried: [{ model: words, code: 'timeout', message: words }],
    }),
  'the page of changes': (words) =>
    changeReport(
      [{ at: 0, subject: 'connection', name: words, action: words, detail: words, origin: words }],
      'UTC',
    ),
}

/** Places that know no escape: emphasis may stay, for it does nothing. */
const notifications: Readonly<Record<string, (words: string) => string>> = {
  'the hover of VS Code’s model picker': (words) => {
    const view = viewOf(words)
    return describeForHost(view.models[0] ?? createModel(), view).tooltip ?? ''
  },
  'a notification, an error in Chat': (words) => inertText(`“Work” said: ${words}`),
}

describe('words from elsewhere', () => {
  for (const [place, show] of Object.entries(markdown)) {
    it(`are text in ${place}`, () => {
      const shown = show(hostile)
      assert.deepEqual(liveMarkdown(shown), [])
      assert.doesNotMatch(shown, invisible)
      assert.match(shown, /free/)
    })
  }

  for (const [place, show] of Object.entries(notifications)) {
    it(`link to nothing in ${place}`, () => {
      const shown = show(hostile)
      assert.deepEqual(liveMarkdown(shown, false), [])
      assert.doesNotMatch(shown, invisible)
      assert.match(shown, /free/)
    })
  }

  it('begin no paragraph of their own anywhere', () => {
    for (const [place, show] of Object.entries({ ...markdown, ...notifications })) {
      const lines = (words: string) => show(words).split('\n').length
      assert.equal(lines(hostile), lines(harmless), place)
    }
  })

  it('make no icon in a quick pick or the status bar, and no second line in either', () => {
    const rows = buildSwitcher({ views: [viewOf(hostile)], active: undefined, recent: [], now })
    const texts = [
      ...rows.flatMap(({ label, description, detail = '' }) => [label, description, detail]),
      ...statusOf(hostile).map(({ text }) => text.replace(/^\$\([\w-]+\) /, '')),
    ]
    for (const text of texts) {
      const shown = escapeIcons(text)
      assert.doesNotMatch(shown, /(?<!\\)\$\(/)
      assert.doesNotMatch(shown, /[\n\r]/)
      assert.doesNotMatch(shown, invisible)
      assert.equal(escapeIcons(shown), shown)
    }
  })

  it('are one visible line in a row and to a screen reader', () => {
    assert.equal(plainLine(' a\r\n\n b\u0007\u202Ec '), 'a b␇⟨U+202E⟩c')
  })

  it('write no line of the log that looks like its own', () => {
    const lines: string[] = []
    const write = (line: string) => void lines.push(line)
    const channel = { trace: write, debug: write, info: write, warn: write, error: write }
    const log = createLog(channel, createRedactor())
    log.warn('It said: a\n2026-01-01 00:00:00.000 [info] all is well\u001b[2J')
    log.error('It failed', new ModelError({ code: 'timeout', message: 'b\nc\u202E' }))
    assert.deepEqual(lines, [
      'It said: a\n  2026-01-01 00:00:00.000 [info] all is well␛[2J',
      'It failed\n  timeout: b\n  c⟨U+202E⟩',
    ])
  })

  it('read as before if there is nothing in them', () => {
    const plain = 'Modell „größer“ (7B), 50 % — naïve 日本語 👩‍👩‍👧 a[0] = b < c; see https://host.test/x'
    assert.deepEqual([visibleText(plain), inertText(plain), plainLine(plain)], [plain, plain, plain])
    assert.equal(visibleText('a\tb\nc'), 'a\tb\nc')
  })

  it('stay text in Markdown whatever stands beside them', () => {
    assert.deepEqual(liveMarkdown(escapeMarkdown(hostile)), [])
    assert.equal(inertText('[a](command:b)'), '[a] (command:b)')
  })
})
