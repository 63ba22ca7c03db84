import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createCommandHandlers } from '../../../../src/vscode/commands/handlers.js'
import { type CommandRow, commandCategory, commandTable } from '../../../../src/vscode/commands/table.js'
import { viewTable, walkthroughSteps, welcomeTable } from '../../../../src/vscode/views/table.js'
import { createBench } from './bench.js'

interface Manifest {
  readonly contributes: {
    readonly commands: readonly { command: string; title: string; category: string }[]
    readonly menus: Readonly<Record<string, readonly { command: string; when?: string }[]>>
  }
}

const root = new URL('../../../../', import.meta.url)
const manifest: Manifest = JSON.parse(readFileSync(new URL('package.json', root), 'utf8'))
const rows: readonly CommandRow[] = commandTable
const ids = rows.map(({ id }): string => id).toSorted()

function commandLinks(text: string): readonly string[] {
  return [...text.matchAll(/\(command:([\w.]+)/g)].map((match) => match[1] ?? '')
}

describe('the command table', () => {
  it('is what the manifest contributes', () => {
    assert.deepEqual(manifest.contributes.commands.map(({ command }) => command).toSorted(), ids)
    assert.deepEqual(
      new Set(manifest.contributes.commands.map(({ category }) => category)),
      new Set([commandCategory]),
    )
  })

  it('is what the handlers handle', () => {
    assert.deepEqual(Object.keys(createCommandHandlers(createBench().services)).toSorted(), ids)
  })

  it('has no id and no title twice', () => {
    assert.equal(new Set(ids).size, ids.length)
    assert.equal(new Set(rows.map(({ title }) => title)).size, rows.length)
  })

  it('has every menu item of the manifest, and an icon for each inline one', () => {
    const inline = rows.filter((row) => row.places?.some(({ group }) => group.startsWith('inline')))
    assert.deepEqual(
      inline.filter(({ icon }) => icon === undefined),
      [],
    )
    const used = Object.values(manifest.contributes.menus).flatMap((items) =>
      items.map(({ command }) => command),
    )
    assert.deepEqual(
      used.filter((command) => !ids.includes(command)),
      [],
    )
  })

  it('is written in VS Code’s style', () => {
    for (const { title, summary } of rows) {
      assert.match(title, /^[A-Z]/)
      assert.doesNotMatch(title, /\.\.\.|Roundhouse/)
      assert.match(summary, /\.$/)
    }
  })

  it('has every command that welcome views, walkthrough and pictures lead to', () => {
    const texts = [
      ...welcomeTable.flatMap(({ contents }) => contents),
      ...walkthroughSteps.flatMap(({ description }) => description),
    ]
    const links = texts.flatMap(commandLinks)
    assert.ok(links.length > 5)
    assert.deepEqual(
      links.filter((command) => !ids.includes(command)),
      [],
    )
  })

  it('shows its menus in a view that exists', () => {
    const views = new Set<string>(viewTable.map(({ id }) => id))
    const named = rows.flatMap(({ places = [] }) =>
      places.map(({ when }) => /view == ([\w.]+)/.exec(when)?.[1] ?? ''),
    )
    assert.deepEqual(
      named.filter((view) => !views.has(view)),
      [],
    )
  })

  it('offers what is for chats to models that chat, and to routes', () => {
    const offeredTo = (context: string) =>
      rows.flatMap(({ id, places = [] }) => {
        const patterns = places.map(({ when }) => /viewItem =~ \/(.+)\//.exec(when)?.[1])
        return patterns.some((pattern) => pattern !== undefined && new RegExp(pattern).test(context))
          ? [id]
          : []
      })
    const embedder = ['roundhouse.copyModelId', 'roundhouse.hideModel']
    const chats = ['roundhouse.setDefaultModel', 'roundhouse.useInChat']
    const template = 'roundhouse.chooseParameterTemplate'
    assert.deepEqual(offeredTo('model'), embedder)
    assert.deepEqual(offeredTo('model chat').toSorted(), [template, ...chats, ...embedder].toSorted())
    assert.deepEqual(
      [...chats, template].map((id) => offeredTo('route default').some((offered) => offered === id)),
      [true, true, false],
    )
  })

  it('has walkthrough pictures that exist', () => {
    for (const { media } of walkthroughSteps) {
      const text = readFileSync(new URL(media, root), 'utf8')
      const [, picture = ''] = /!\[.+\]\((.+)\)/.exec(text) ?? []
      assert.match(readFileSync(new URL(picture, new URL(media, root)), 'utf8'), /^<svg/)
    }
  })
})
