import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import {
  findBarrels,
  findEagerPackages,
  findForbiddenImports,
  findHiddenImports,
  findSpecifiersWithoutExtension,
  rooms,
} from './architecture/imports.js'
import {
  fileLimit,
  findEmptyTests,
  findLongFiles,
  findLongFunctions,
  findManyParameters,
  findUnmirroredTests,
  findUnrunTests,
  functionLimit,
} from './architecture/limits.js'
import { type Finding, parseSource, readSources, type Source } from './architecture/sources.js'
import { findBuiltSql } from './architecture/statements.js'
import {
  findAny,
  findDefaultExports,
  findDoubleCasts,
  findModuleState,
  findNonNullAssertions,
  findPortsPassedBy,
  findPrefixedTypes,
  findSecrets,
  findSilencers,
} from './architecture/syntax.js'

type Snippet = readonly [path: string, text: string]

interface Rule {
  readonly sentence: string
  readonly over: readonly Source[]
  readonly find: (source: Source) => readonly Finding[]
  /** Small files that break the rule; each must be noticed. */
  readonly bad: readonly Snippet[]
  /** Small files that keep it, near the border. */
  readonly good?: readonly Snippet[]
}

const root = new URL('../', import.meta.url)
const product = readSources('src', 'webview-ui')
const tests = readSources('test')
const scripts = readSources('scripts', 'esbuild.mjs')
const everything = [...product, ...tests, ...scripts]
const below = (folder: string): Source[] => product.filter((source) => source.path.startsWith(folder))

const lines = (count: number): string => 'const a = 1\n'.repeat(count)
const longFunction = (count: number): string => `export function run() {\n${lines(count - 2)}}\n`
const longFactory = (count: number): string =>
  `export function create() {\n${lines(count - 41)}  return {\n    run() {\n${lines(35)}    },\n  }\n}\n`
/** Split, so that this file keeps the rules that it tests. */
const word = (...parts: string[]): string => parts.join('')

const importRules: readonly Rule[] = [
  {
    sentence: 'a file imports only what its room may see, whatever the form of the import',
    over: product,
    find: findForbiddenImports,
    bad: [
      ['src/core/a.ts', "import fs from 'node:fs'"],
      ['src/core/a.ts', "import { readFile } from 'fs/promises'"],
      ['src/core/a.ts', "import type { Uri } from 'vscode'"],
      ['src/core/a.ts', "import { type Uri } from 'vscode'"],
      ['src/core/a.ts', "type Uri = import('vscode').Uri"],
      ['src/core/a.ts', "const z = await import('zod/mini')"],
      ['src/core/a.ts', "const z = require('zod')"],
      ['src/core/a.ts', "export * from '../providers/index.js'"],
      ['src/core/a.ts', "export type { Uri } from 'vscode'"],
      ['src/core/a.ts', '/// <reference types="vscode" />'],
      ['src/core/deep/a.ts', "import { b } from '../../platform/b.js'"],
      ['src/providers/a.ts', "import { b } from '../platform/b.js'"],
      ['src/providers/a.ts', "import https from 'node:https'"],
      ['src/platform/a.ts', "import { window } from 'vscode'"],
      ['src/vscode/a.ts', "import { openai } from '../providers/openai.js'"],
      ['src/vscode/a.ts', "import { createClock } from '../platform/clock.js'"],
      ['src/vscode/a.ts', "import * as z from 'zod'"],
      ['webview-ui/a.ts', "import { compose } from '../src/core/chat.js'"],
      ['src/elsewhere/a.ts', 'export {}'],
    ],
    good: [
      ['src/core/registry/a.ts', "import { b } from '../b.js'"],
      ['src/platform/a.ts', "import { join } from 'node:path'"],
      ['src/vscode/a.ts', "import * as z from 'zod/mini'"],
      ['src/extension.ts', "import { createClock } from './platform/clock.js'"],
      ['webview-ui/a.ts', "import type { Messages } from '../src/protocol.js'"],
    ],
  },
  {
    sentence: 'no import has a computed target',
    // The engine is a package of its own, found at run time.
    over: product.filter((source) => source.path !== 'src/platform/llama/llamaModule.ts'),
    find: findHiddenImports,
    bad: [
      ['src/core/a.ts', 'await import(name)'],
      ['src/core/a.ts', "await import('node:' + 'fs')"],
      ['src/core/a.ts', 'await import(`vscode`)'],
      ['src/core/a.ts', "process.getBuiltinModule('fs')"],
      ['src/core/a.ts', 'createRequire(import.meta.url)'],
    ],
    good: [['src/providers/a.ts', "await import('openai')"]],
  },
  {
    sentence: 'providers and platform load packages only when they are first needed',
    over: product,
    find: findEagerPackages,
    bad: [
      ['src/providers/a.ts', "import OpenAI from 'openai'"],
      ['src/providers/a.ts', "import { type Chat, OpenAI } from 'openai'"],
      ['src/platform/a.ts', "import '@pydantic/genai-prices'"],
    ],
    good: [
      ['src/providers/a.ts', "import type OpenAI from 'openai'"],
      ['src/providers/a.ts', "const { OpenAI } = await import('openai')"],
    ],
  },
  {
    sentence: 'relative imports name a file with its extension, as the compiler leaves it',
    over: [...product, ...tests],
    find: findSpecifiersWithoutExtension,
    bad: [
      ['src/core/a.ts', "import { b } from './b'"],
      ['src/core/a.ts', "import { b } from './b.ts'"],
    ],
    good: [['src/core/a.ts', "import { b } from './b.js'"]],
  },
  {
    sentence: 'no file but the provider table passes on what others export',
    over: product,
    find: findBarrels,
    bad: [
      ['src/core/a.ts', "export { b } from './b.js'"],
      ['src/core/a.ts', "export * from './b.js'"],
      ['src/core/registry/index.ts', 'export const a = 1'],
    ],
    good: [
      ['src/providers/index.ts', "export { groq } from './groq.js'"],
      ['src/core/a.ts', 'export { b }'],
    ],
  },
]

const limitRules: readonly Rule[] = [
  {
    sentence: `no file has more than ${fileLimit.usual} lines`,
    over: product,
    find: (source) => findLongFiles(source, fileLimit.usual),
    bad: [['src/core/a.ts', lines(fileLimit.usual + 1)]],
    good: [['src/core/a.ts', lines(fileLimit.usual)]],
  },
  {
    sentence: `no test or script has more than ${fileLimit.wall} lines`,
    over: [...tests, ...scripts],
    find: (source) => findLongFiles(source, fileLimit.wall),
    bad: [['test/a.ts', lines(fileLimit.wall + 1)]],
    good: [['test/a.ts', lines(fileLimit.wall)]],
  },
  {
    sentence: `no function has more than ${functionLimit.usual} lines of its own, or ${functionLimit.wall} in all`,
    over: product,
    find: (source) => findLongFunctions(source, functionLimit),
    bad: [
      ['src/core/a.ts', longFunction(functionLimit.usual + 1)],
      ['src/core/a.ts', `export const run = () => {\n${lines(functionLimit.usual)}}`],
      ['src/core/a.ts', `export const table = { run() {\n${lines(functionLimit.usual)}} }`],
      ['src/core/a.ts', longFactory(functionLimit.wall + 1)],
    ],
    good: [
      ['src/core/a.ts', longFunction(functionLimit.usual)],
      ['src/core/a.ts', longFactory(functionLimit.wall)],
    ],
  },
  {
    sentence: `no function of a test or script has more than ${functionLimit.wall} lines`,
    over: [...tests, ...scripts],
    find: (source) => findLongFunctions(source, { ...functionLimit, usual: functionLimit.wall }),
    bad: [['test/a.ts', longFunction(functionLimit.wall + 1)]],
    good: [
      ['test/a.ts', longFunction(functionLimit.wall)],
      ['test/a.ts', `describe('a', () => {\n${lines(functionLimit.wall)}})`],
    ],
  },
  {
    sentence: 'no function takes more than four parameters',
    over: everything,
    find: findManyParameters,
    bad: [
      ['src/core/a.ts', 'export function run(a: 1, b: 2, c: 3, d: 4, e: 5) {}'],
      ['src/core/a.ts', 'export type Run = (a: 1, b: 2, c: 3, d: 4, e: 5) => void'],
    ],
    good: [['src/core/a.ts', 'export function run(a: 1, b: 2, c: 3, d: 4) {}']],
  },
]

const syntaxRules: readonly Rule[] = [
  {
    sentence: 'nothing is of the type any',
    over: everything,
    find: findAny,
    bad: [['src/core/a.ts', 'const a: any = 1']],
    good: [['src/core/a.ts', "const any: unknown = 'any'"]],
  },
  {
    sentence: 'no cast goes by way of another type',
    over: everything,
    find: findDoubleCasts,
    bad: [
      ['src/core/a.ts', 'const a = b as unknown as string'],
      ['src/core/a.ts', 'const a = (b as unknown) as string'],
    ],
    good: [['src/core/a.ts', 'const a = b as const']],
  },
  {
    sentence: 'the product never asserts that a value is there',
    over: product,
    find: findNonNullAssertions,
    bad: [['src/core/a.ts', 'const a = b!.c']],
    good: [['src/core/a.ts', 'const a = !b.c']],
  },
  {
    sentence: 'no comment silences the compiler, nor the linter without a reason',
    over: everything,
    find: findSilencers,
    bad: [
      ['src/core/a.ts', word('// @ts', '-ignore')],
      ['src/core/a.ts', word('// oxlint', '-disable no-console')],
    ],
    good: [
      ['scripts/a.mjs', word("const header = '// oxlint", "-disable'")],
      [
        'scripts/a.mjs',
        word('// oxlint', '-disable-next-line unicorn/no-thenable -- a keyword of JSON Schema'),
      ],
    ],
  },
  {
    sentence: 'nothing is exported by default',
    over: everything,
    find: findDefaultExports,
    bad: [
      ['src/core/a.ts', 'export default 1'],
      ['src/core/a.ts', 'export default function run() {}'],
      ['src/core/a.ts', 'export { a as default }'],
    ],
    good: [['src/core/a.ts', 'const a = { default: 1 }\nexport { a }']],
  },
  {
    sentence: 'no type is called I-something',
    over: everything,
    find: findPrefixedTypes,
    bad: [['src/core/a.ts', 'interface IRegistry {}']],
    good: [['src/core/a.ts', 'interface Identity {}\ninterface IO {}']],
  },
  {
    sentence: 'no module holds state',
    over: product,
    find: findModuleState,
    bad: [['src/core/a.ts', 'let cache: string | undefined']],
    good: [['src/core/a.ts', 'const limit = 3\nfunction run() { let a = 1 }']],
  },
  {
    sentence: 'the core asks its ports for the time, the network and the host',
    over: below('src/core/'),
    find: findPortsPassedBy,
    bad: [
      ['src/core/a.ts', 'const now = Date.now()'],
      ['src/core/a.ts', 'const now = new Date()'],
      ['src/core/a.ts', 'setTimeout(run, 5)'],
      ['src/core/a.ts', 'AbortSignal.timeout(5)'],
      ['src/core/a.ts', "await fetch('https://a.test')"],
      ['src/core/a.ts', 'const key = process.env.KEY'],
    ],
    good: [['src/core/a.ts', 'const now = clock.now()\nawait ports.fetch(url)\nconst day = new Date(now)']],
  },
  {
    sentence: 'SQL is constant, and values are bound',
    // The port itself, and the steps that only numbers and constants go into.
    over: product.filter(({ path }) => !/^src\/platform\/sqlite\/(?:connection|migrate)\.ts$/.test(path)),
    find: findBuiltSql,
    bad: [
      ['src/core/a.ts', "const find = (id: string) => database.get(`SELECT * FROM a WHERE id = '${id}'`)"],
      ['src/core/a.ts', "const find = (id: string) => 'SELECT * FROM a WHERE id = ' + id"],
      ['src/core/a.ts', 'const run = (sql: string) => options.database.run(sql)'],
      ['src/core/a.ts', 'function where(name: string) {\n  return `WHERE name = ${name}`\n}'],
      [
        'src/core/a.ts',
        "const quote = (a: string) => `'${a}'`\nconst f = (a: string) => `DELETE FROM a WHERE b = ${quote(a)}`",
      ],
      [
        'src/core/a.ts',
        "function quote(a: string) {\n  return `'${a}'`\n}\nconst f = (a: string) => database.run(`DELETE FROM a WHERE b = ${quote(a)}`)",
      ],
    ],
    good: [
      ['src/core/a.ts', "const columns = 'a, b'\nconst all = `SELECT ${columns} FROM c`\ndatabase.all(all)"],
      ['src/core/a.ts', "const by = { a: 'b' }\nconst f = (a: 'a') => `SELECT ${by[a]} FROM c`"],
      ['src/core/a.ts', "const find = (id: string) => database.get('SELECT * FROM a WHERE id = ?', id)"],
    ],
  },
  {
    sentence: 'no file holds what looks like a key',
    over: [...product, ...scripts],
    find: findSecrets,
    bad: [['src/core/a.ts', word("const a = 'sk", '-', 'a1'.repeat(12), "'")]],
  },
]

const testRules: readonly Rule[] = [
  {
    sentence: 'every test checks something',
    // A browser test may only wait for what must come into sight.
    over: tests.filter((source) => !source.path.startsWith('test/e2e/')),
    find: findEmptyTests,
    bad: [['test/a.test.ts', "it('works', () => { run() })"]],
    good: [['test/a.test.ts', "it('works', () => { assert.equal(run(), 1) })"]],
  },
  {
    sentence: 'no test is skipped, none is run alone',
    over: tests,
    find: findUnrunTests,
    bad: [
      ['test/a.test.ts', "it.skip('works', () => {})"],
      ['test/a.test.ts', "describe.only('a', () => {})"],
      ['test/a.test.ts', "it('works', function () { this.skip() })"],
    ],
  },
  {
    sentence: 'a unit test lies where its source lies',
    over: tests,
    find: (source) => findUnmirroredTests(source, (path) => existsSync(fileURLToPath(new URL(path, root)))),
    bad: [['test/unit/core/nowhere.test.ts', '']],
    good: [['test/unit/core/chat.test.ts', '']],
  },
]

function describeRules(title: string, rules: readonly Rule[]): void {
  describe(title, () => {
    for (const { sentence, over, find, bad, good = [] } of rules) {
      it(sentence, () => {
        assert.deepEqual(over.flatMap(find), [])
      })
      it(`notices where it does not hold that ${sentence}`, () => {
        for (const [path, text] of bad) {
          assert.notDeepEqual(find(parseSource(path, text)), [], `${path}: ${text.slice(0, 80)}`)
        }
        for (const [path, text] of good) assert.deepEqual(find(parseSource(path, text)), [])
      })
    }
  })
}

describe('architecture', () => {
  it('reads the files that it judges', () => {
    assert.ok(product.some((source) => source.path === 'src/core/chat.ts'))
    assert.ok(tests.some((source) => source.path === 'test/architecture.test.ts'))
  })

  it('has a room for every folder of src', () => {
    for (const path of ['src/core/a.ts', 'src/providers/a.ts', 'src/platform/a.ts', 'src/vscode/a.ts']) {
      assert.equal(rooms.filter((room) => room.holds(path)).length, 1, path)
    }
  })

  describeRules('the rooms', importRules)
  describeRules('the limits', limitRules)
  describeRules('the language', syntaxRules)
  describeRules('the tests', testRules)
})
