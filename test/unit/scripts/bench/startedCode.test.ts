import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { execPath } from 'node:process'
import { promisify } from 'node:util'
import { filesLoadedAtStart, oneConnection, sumOfBytes } from '../../../../scripts/bench/startedCode.mjs'
import { root } from '../../../../scripts/lib/paths.mjs'

const dist = 'out/started'
/** Bytes. */
const most = { byDefault: 120_000, withConnection: 310_000 }

const start = async (settings?: Readonly<Record<string, unknown>>) =>
  await filesLoadedAtStart({ node: execPath, dist, ...(settings === undefined ? {} : { settings }) })

const tell = (files: Awaited<ReturnType<typeof start>>) =>
  files.map(({ path, bytes }) => `${path}: ${bytes}`).join('\n')

describe('the code that a window has loaded a second after activation', function () {
  this.timeout(60_000)

  before(async () => {
    await promisify(execFile)(execPath, ['esbuild.mjs', '--outdir', dist], { cwd: root })
  })

  it('is 120 kB at most with default settings: the entry file and the services', async () => {
    const files = await start()
    assert.deepEqual(
      files.map(({ path }) => path),
      ['extension.js', 'services-createServices.js'],
    )
    assert.ok(sumOfBytes(files) <= most.byDefault, tell(files))
  })

  it('is more with a connection of the user’s, by what reads it and lists its models, and not by the ledger', async () => {
    const files = await start(oneConnection)
    const paths = new Set(files.map(({ path }) => path))
    assert.ok(paths.has('services-written.js'), tell(files))
    assert.ok(paths.has('chunks/providers-shared-chatWire-provider.js'), tell(files))
    assert.ok(!paths.has('chunks/pipeline-createPipeline.js'), tell(files))
    assert.ok(sumOfBytes(files) <= most.withConnection, tell(files))
  })
})
