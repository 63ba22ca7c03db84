import assert from 'node:assert/strict'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { posix } from 'node:path'
import { fileURLToPath } from 'node:url'
import { isRecord } from '../src/core/json.js'
import { commandCategory, commandTable } from '../src/vscode/commands/table.js'

const root = new URL('../', import.meta.url)
const exists = (path: string): boolean => existsSync(new URL(path, root))
const read = (path: string): string => readFileSync(new URL(path, root), 'utf8')

/** What a page says, as `path: what` where it is wrong. */
type Claims = (text: string) => readonly string[]

interface Page {
  readonly path: string
  readonly text: string
}

const pages: readonly Page[] = globSync(['*.md', 'docs/**/*.md', 'media/**/*.md', 'test/contract/*.md'], {
  cwd: fileURLToPath(root),
}).map((path) => ({ path: path.replaceAll('\\', '/'), text: read(path) }))

function wrongClaims(claims: Claims, holds: (claim: string, page: Page) => boolean): string[] {
  return pages.flatMap((page) =>
    claims(page.text)
      .filter((claim) => !holds(claim, page))
      .map((claim) => `${page.path}: ${claim}`),
  )
}

const allOf =
  (pattern: RegExp): Claims =>
  (text) =>
    Array.from(text.matchAll(pattern), (match) => match[1] ?? '')

function memberNames(path: string, ...members: readonly string[]): readonly string[] {
  let value: unknown = JSON.parse(read(path))
  for (const member of members) value = isRecord(value) ? value[member] : undefined
  return isRecord(value) ? Object.keys(value) : []
}

/** The anchor that a heading gets. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-')
}

const withoutCode = (text: string): string => text.replaceAll(/```.*?```/gs, '')
const headingsOf: Claims = (text) => allOf(/^#+ (.+)$/gm)(withoutCode(text)).map(anchorOf)

function leadsSomewhere(link: string, { path, text }: Page): boolean {
  const [file = '', anchor] = link.split('#')
  const target = file === '' ? path : posix.join(posix.dirname(path), file)
  if (!exists(target)) return false
  return anchor === undefined || headingsOf(target === path ? text : read(target)).includes(anchor)
}

/** Names of files of the repository; a pattern or a placeholder names none. */
const repositoryPath = /`((?:src|test|scripts|docs|engine|media)\/[^`\s*<>{}]*)`/g

describe('the pages', () => {
  it('are all read here', () => {
    for (const path of [
      'README.md',
      'CONTRIBUTING.md',
      'CHANGELOG.md',
      'docs/usage.md',
      'media/walkthrough/add.md',
    ])
      assert.ok(
        pages.some((page) => page.path === path),
        path,
      )
  })

  it('link to files and headings that exist', () => {
    const links = allOf(/\]\((?!https?:)([^)\s]+)\)/g)
    assert.ok(pages.some(({ text }) => links(text).length > 5))
    assert.deepEqual(
      wrongClaims((text) => links(withoutCode(text)), leadsSomewhere),
      [],
    )
  })

  it('name files that exist', () => {
    const isPlaceholder = (path: string): boolean => path.includes('NAME')
    assert.deepEqual(
      wrongClaims(allOf(repositoryPath), (path) => isPlaceholder(path) || exists(path)),
      [],
    )
  })

  it('name scripts that npm has', () => {
    const scripts = memberNames('package.json', 'scripts')
    assert.deepEqual(
      wrongClaims(allOf(/npm run (?:-+\w+ )?([a-z][a-z:0-9]*)/g), (name) => scripts.includes(name)),
      [],
    )
  })

  it('name settings, commands and other names that the product has', () => {
    const settings = memberNames('package.json', 'contributes', 'configuration', 'properties')
    const commands = new Set<string>(commandTable.map(({ id }) => id))
    const sources = globSync('src/**/*.ts', { cwd: fileURLToPath(root) })
      .map(read)
      .join('\n')
    const isKnown = (name: string): boolean => {
      if (name.endsWith('.*')) return settings.some((setting) => setting.startsWith(name.slice(0, -1)))
      return settings.includes(name) || commands.has(name) || sources.includes(`'${name}'`)
    }
    assert.deepEqual(wrongClaims(allOf(/`(roundhouse\.[\w.*]+)`/g), isKnown), [])
  })

  it('name commands as the palette does', () => {
    const titles = new Set(commandTable.map(({ title }) => title.replace(/…$/, '')))
    const named = allOf(new RegExp(`[*“]${commandCategory}: ([^*”]+?)…?[*”]`, 'g'))
    assert.ok(pages.some(({ text }) => named(text).length > 0))
    assert.deepEqual(
      wrongClaims(named, (title) => titles.has(title)),
      [],
    )
  })
})

describe('the dependencies', () => {
  const files = ['package.json', 'engine/package.json']
  const groups = ['dependencies', 'devDependencies']
  const namesOf = (path: string): readonly string[] => groups.flatMap((group) => memberNames(path, group))

  it('are each explained in a decision', () => {
    const decisions = pages.filter(({ path }) => path.startsWith('docs/decisions/')).map(({ text }) => text)
    const explained = decisions.join('\n')
    const silent = files.flatMap(namesOf).filter((name) => !explained.includes(`\`${name}\``))
    assert.deepEqual(silent, [])
  })

  it('are pinned to one version each', () => {
    for (const path of files) {
      const manifest: unknown = JSON.parse(read(path))
      const versions = groups.flatMap((group) => {
        const members = isRecord(manifest) ? manifest[group] : undefined
        return isRecord(members) ? Object.entries(members) : []
      })
      const loose = versions.filter(([, version]) => !/^(npm:[^@]+@)?\d+\.\d+\.\d+$/.test(String(version)))
      assert.ok(versions.length > 0, path)
      assert.deepEqual(loose, [], path)
    }
  })
})
