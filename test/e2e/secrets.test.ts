import assert from 'node:assert/strict'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { enterKey, readConnections } from './connections.js'
import { openWorkbench, pictureFailures, type Workbench } from './harness.js'
import { createOpenaiServer, type ModelServer } from './modelServers.js'
import { until } from './until.js'

/** The first is stored, the second refused; neither has the shape of a provider's keys. */
const canaries = ['canary-7f3e9d1c5b2a-stored', 'canary-2b8d4f6a0c1e-refused']

/** The names of the places whose text has one of the keys. */
function findCanaries(places: Readonly<Record<string, string>>): string[] {
  return Object.entries(places).flatMap(([name, text]) =>
    canaries.some((key) => text.includes(key)) ? [name] : [],
  )
}

/** Every file in a folder, as text. */
async function readFiles(folder: string): Promise<Record<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  const texts = await Promise.all(paths.map(async (path) => [path, await readFile(path, 'latin1')] as const))
  return Object.fromEntries(texts)
}

/** Runs in the page: what it keeps in the browser, and what it shows, as text. */
async function readBrowser(): Promise<Record<string, string>> {
  const decoder = new TextDecoder()
  const asText = (value: unknown) =>
    ArrayBuffer.isView(value) || value instanceof ArrayBuffer ? decoder.decode(value) : JSON.stringify(value)
  const settled = <T>(request: IDBRequest<T>) =>
    new Promise<T>((resolve, reject) => {
      request.addEventListener('success', () => resolve(request.result))
      request.addEventListener('error', () => reject(new Error('The database cannot be read.')))
    })
  const found: Record<string, string> = {
    page: document.documentElement.outerHTML,
    fields: [...document.querySelectorAll('input, textarea')]
      .map((field) => asText(Object(field).value))
      .join('\n'),
    localStorage: JSON.stringify(localStorage),
    sessionStorage: JSON.stringify(sessionStorage),
  }
  for (const { name = '' } of await indexedDB.databases()) {
    const database = await settled(indexedDB.open(name))
    for (const store of database.objectStoreNames) {
      const values: unknown[] = await settled(database.transaction(store).objectStore(store).getAll())
      found[`${name}/${store}`] = values.map(asText).join('\n')
    }
    database.close()
  }
  return found
}

const lookInto = (page: Page) => page.evaluate(readBrowser)

describe('A key', () => {
  let workbench: Workbench
  let server: ModelServer

  before(async () => {
    server = await createOpenaiServer()
    server.setKey(canaries[0])
    server.setModels([{ id: 'guarded-model', context_length: 131_072 }])
    const connection = {
      id: 'guarded',
      name: 'Guarded',
      provider: 'openai-compatible',
      baseUrl: server.baseUrl,
    }
    workbench = await openWorkbench({ settings: { 'roundhouse.connections': [connection] } })
    await workbench.chat.enable()
    await workbench.chat.open()
    await workbench.tree.open()
  })

  pictureFailures(() => workbench)

  after(async () => {
    await workbench.close()
    await server.close()
  })

  /** The log channel writes everything from now on. */
  async function logEverything(): Promise<void> {
    const { quickInput } = workbench
    await workbench.runCommand('Developer: Set Log Level...')
    await quickInput.pick('Roundhouse')
    await quickInput.pick('Trace')
    await quickInput.waitUntilClosed()
  }

  it('is in no page, file, log, setting or storage in plain text, whatever a server makes of it', async () => {
    const { chat, quickInput, notices, page, tree } = workbench
    await logEverything()
    await enterKey(workbench, 'Guarded', canaries[0] ?? '')
    await tree.choose('Guarded', 'Replace Key…')
    await quickInput.waitForTitle('Replace the Key of Guarded')
    await quickInput.filter(canaries[1] ?? '')
    const typing = await lookInto(page)
    assert.deepEqual(findCanaries(typing), ['fields'], 'the key that is typed is on the page')
    await quickInput.accept()
    await notices.dialog('did not pass its test')
    // VS Code leaves the text of a closed box in its hidden field until the next one is opened.
    assert.deepEqual(findCanaries({ ...(await lookInto(page)), fields: '' }), [])
    await notices.answer('Cancel')
    await quickInput.openPalette()
    await quickInput.cancel()
    assert.deepEqual(findCanaries(await lookInto(page)), [])

    await chat.pickModel('guarded-model')
    assert.equal(await chat.ask('May I?'), 'Yes.')
    server.wire.answer(({ headers }) => {
      const error = {
        message: `Incorrect API key provided: ${String(headers['authorization'])}`,
        code: 'invalid_api_key',
      }
      return { status: 401, headers: { 'content-type': 'application/json' }, body: JSON.stringify({ error }) }
    })
    assert.match(await chat.ask('May I still?'), /Guarded\) did not accept the key .*Bearer \[redacted\]/)
    // A connection that was asked a moment ago is not asked again before ten seconds are over.
    await until(
      'the refused key is shown',
      async () => {
        await tree.press('Guarded', 'Refresh Connection')
        return (await tree.rows()).find(({ label }) => label === 'Guarded')?.description
      },
      (description) => description?.startsWith('unreachable') === true,
    )

    const sent = new Set(server.wire.requests.map(({ headers }) => headers['authorization']))
    assert.ok(
      canaries.every((key) => sent.has(`Bearer ${key}`)),
      'the keys were never used',
    )
    assert.deepEqual(findCanaries(await lookInto(page)), [])
    const logs = () => readFiles(join(workbench.profile, 'user-data', 'logs'))
    const written = await until('the log of the failure', logs, (files) =>
      Object.entries(files).some(
        ([path, text]) => path.endsWith('Roundhouse.log') && text.includes('did not accept'),
      ),
    )
    assert.ok(Object.keys(written).length > 0)
    assert.deepEqual(findCanaries(await readFiles(workbench.profile)), [])
    assert.deepEqual(Object.keys((await readConnections(workbench))[0] ?? {}), [
      'id',
      'name',
      'provider',
      'baseUrl',
    ])
  })

  it('is kept by VS Code, which encrypts it in a browser', async () => {
    const { page } = workbench
    const sealed = await page.evaluate(() => localStorage.getItem('secrets.provider'))
    assert.match(sealed ?? '', /^[A-Za-z0-9+/=]{100,}$/)
  })

  it('causes no error in the console', () => {
    assert.deepEqual(workbench.consoleErrors(), [])
  })
})
