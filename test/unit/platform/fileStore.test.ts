import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as fc from 'fast-check'
import { isModelError } from '../../../src/core/errors.js'
import { createFileStore } from '../../../src/platform/fileStore.js'

const root = fileURLToPath(new URL('../../../', import.meta.url))

function modeOf(path: string): string {
  return (statSync(path).mode & 0o777).toString(8)
}

/** Runs a program that has `folder` and `createFileStore` in sight, in a process of its own. */
async function runElsewhere(folder: string, program: string): Promise<string> {
  const source = `const { createFileStore } = await import(${JSON.stringify(join(root, 'src/platform/fileStore.ts'))})
const folder = ${JSON.stringify(folder)}
${program}`
  const register = join(root, 'test/register.mjs')
  const child = spawn(process.execPath, ['--import', register, '--input-type=module', '-e', source])
  let output = ''
  child.stdout.on('data', (data) => (output += String(data)))
  child.stderr.on('data', (data) => (output += String(data)))
  await once(child, 'close')
  return output
}

describe('file store', () => {
  let parent = ''
  let folder = ''
  beforeEach(() => {
    parent = mkdtempSync(join(tmpdir(), 'roundhouse-files-'))
    folder = join(parent, 'storage')
  })
  afterEach(() => rmSync(parent, { recursive: true, force: true }))

  it('reads back what was written, replaced as a whole', async () => {
    const files = createFileStore(folder)
    await files.write('models/work.json', 'first, and longer')
    await files.write('models/work.json', 'sécond 日本')
    assert.equal(await files.read('models/work.json'), 'sécond 日本')
  })

  it('knows nothing of a document that is not there, and makes no folder for it', async () => {
    const files = createFileStore(folder)
    assert.equal(await files.read('models/work.json'), undefined)
    await files.delete('models/work.json')
    assert.deepEqual(readdirSync(parent), [])
  })

  it('deletes', async () => {
    const files = createFileStore(folder)
    await files.write('a.json', '1')
    await files.delete('a.json')
    assert.equal(await files.read('a.json'), undefined)
  })

  it('is closed to other users even where the umask would let them in', async () => {
    const output = await runElsewhere(
      folder,
      `process.umask(0); await createFileStore(folder).write('models/work.json', '{}')`,
    )
    assert.equal(output, '')
    const modes = [folder, join(folder, 'models'), join(folder, 'models/work.json')].map(modeOf)
    assert.deepEqual(modes, process.platform === 'win32' ? modes : ['700', '700', '600'])
  })

  it('writes one document in the order of the calls', async () => {
    const files = createFileStore(folder)
    await Promise.all(Array.from({ length: 30 }, (_, index) => files.write('a.json', String(index))))
    assert.equal(await files.read('a.json'), '29')
    assert.deepEqual(readdirSync(folder), ['a.json'])
  })

  it('refuses every name that could lead out of the folder or hide in it', async () => {
    const files = createFileStore(folder)
    const names = [
      '',
      '.',
      '..',
      '../a',
      'a/../b',
      '/etc/passwd',
      'a//b',
      'a/',
      '.hidden',
      'a/.b',
      String.raw`a\b`,
      'a\0b',
      'C:x',
      'a b',
      'é',
      'a'.repeat(201),
    ]
    for (const name of names) {
      for (const call of [files.read(name), files.write(name, ''), files.delete(name)]) {
        await assert.rejects(call, (error) => isModelError(error) && error.code === 'invalid-request', name)
      }
    }
    assert.deepEqual(readdirSync(parent), [])
  })

  it('never writes outside its folder, whatever the name', async () => {
    const files = createFileStore(folder)
    const part = fc.constantFrom('..', '.', '/', 'a', '\\', '~', '%2e', ' ', ':', '\n')
    await fc.assert(
      fc.asyncProperty(fc.array(part, { maxLength: 6 }), async (parts) => {
        await files.write(parts.join(''), 'x').catch((error) => assert.ok(isModelError(error)))
        assert.ok(readdirSync(parent).every((name) => name === 'storage'))
      }),
    )
  })

  it('lets no reader see a mixture while two processes write the same document', async () => {
    const files = createFileStore(folder)
    await files.write('a.json', 'x'.repeat(100_000))
    const write = (letter: string) => `const files = createFileStore(folder)
for (let turn = 0; turn < 40; turn++) await files.write('a.json', ${JSON.stringify(letter)}.repeat(100_000))`
    const progress = { isWriting: true }
    const writers = Promise.all([runElsewhere(folder, write('y')), runElsewhere(folder, write('z'))])
    const done = writers.finally(() => (progress.isWriting = false))
    let reads = 0
    while (progress.isWriting) {
      const text = (await files.read('a.json')) ?? ''
      assert.ok(text.length === 100_000 && new Set(text).size === 1)
      reads++
    }
    assert.deepEqual([await done, reads > 0], [['', ''], true])
    assert.deepEqual(readdirSync(folder), ['a.json'])
  })

  it('leaves the old text whole when a process is killed while it writes', async () => {
    const files = createFileStore(folder)
    await files.write('a.json', 'x'.repeat(100_000))
    await runElsewhere(
      folder,
      `const files = createFileStore(folder)
void (async () => { for (;;) await files.write('a.json', 'y'.repeat(100_000)) })()
setTimeout(() => process.kill(process.pid, 'SIGKILL'), 60)`,
    )
    const text = readFileSync(join(folder, 'a.json'), 'utf8')
    assert.ok(text.length === 100_000 && new Set(text).size === 1)
  })

  it('names the path and the next step when it may not write', async () => {
    await createFileStore(folder).write('a.json', '1')
    chmodSync(folder, 0o500)
    // Root may write everywhere, so the child gives that up.
    const output = await runElsewhere(
      folder,
      `if (process.getuid() === 0) { process.setgid(65534); process.setuid(65534) }
try { await createFileStore(folder).write('a.json', '2'); console.log('written') }
catch (error) { console.log(error.code, error.message) }`,
    )
    assert.match(output, /^not-saved .*a\.json could not be saved\. Permission was denied\. Make the folder/)
    assert.equal(readFileSync(join(folder, 'a.json'), 'utf8'), '1')
  })

  it('names the path when something else stands in the way', async () => {
    writeFileSync(folder, 'a file')
    const files = createFileStore(folder)
    const isCode = (code: string) => (error: unknown) =>
      isModelError(error) && error.code === code && error.message.includes(join(folder, 'a.json'))
    await assert.rejects(files.write('a.json', '1'), isCode('not-saved'))
    await assert.rejects(files.read('a.json'), isCode('forbidden'))
  })

  it('goes on after a write that failed', async () => {
    const files = createFileStore(folder)
    writeFileSync(folder, 'a file')
    await assert.rejects(files.write('a.json', '1'))
    rmSync(folder)
    await files.write('a.json', '2')
    assert.equal(await files.read('a.json'), '2')
  })
})
