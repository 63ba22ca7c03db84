// The VS Code of `npm start`: one profile that is kept from start to start, and the user's once it exists.
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { findFreePort, installVsix, startCodeServer } from './code-server.mjs'
import { SetupError } from './errors.mjs'
import { hashFile, readStamp, writeStamp } from './hashes.mjs'
import { cache } from './paths.mjs'
import { copySample, createProfile } from './profile.mjs'
import { setUpDependencies, setUpVsCode, setUpVsix } from './setup.mjs'
import { locateVsix } from './vsix.mjs'

const profile = join(cache, 'start')
const runningStamp = join(profile, 'running.json')
const defaultPort = 8137

/**
 * Sets everything up and serves until the user ends it.
 * @param {import('./progress.mjs').Step} step
 * @param {number} [port]
 */
export async function serveVsCode(step, port) {
  console.log('Setting up Roundhouse')
  await Promise.all([setUpDependencies(step).then(() => setUpVsix(step)), setUpVsCode(step)])
  await step('extension installed', installExtension)
  const folder = await copySample(profile)
  const running = await findRunning()
  if (running !== undefined) {
    announce(running, 'It is already running: reload its window to see the new build.')
    return
  }
  const server = await startOn(step, port)
  const url = `${server.origin}/?folder=${encodeURIComponent(folder).replaceAll('%2F', '/')}`
  await writeStamp(runningStamp, { url, health: `${server.origin}/healthz`, port: server.port })
  announce(url, 'Ctrl-C ends it.')
  const wasAsked = await endOfServer(server)
  await rm(runningStamp, { force: true })
  if (!wasAsked) throw new SetupError(`VS Code ended by itself. Its log: ${join(profile, 'code-server.log')}`)
}

/** @returns {Promise<string | void>} */
async function installExtension() {
  const vsix = await locateVsix()
  const content = await hashFile(vsix)
  const stamp = join(profile, 'extensions', 'roundhouse-installed.json')
  if ((await readStamp(stamp))?.content === content) return 'up to date'
  await createProfile({ profile, keep: true })
  await installVsix({ profile, vsix })
  await writeStamp(stamp, { content })
}

/** @returns {Promise<string | undefined>} the URL of the VS Code that already uses this profile */
async function findRunning() {
  const running = await readStamp(runningStamp)
  if (running === undefined) return undefined
  const answers = await fetch(running.health).then(
    (response) => response.ok,
    () => false,
  )
  return answers ? running.url : undefined
}

/**
 * The port of the last start is taken again where it can be: what the browser keeps, it keeps by origin.
 * @param {import('./progress.mjs').Step} step
 * @param {number} [wanted]
 */
async function startOn(step, wanted) {
  const stamp = join(profile, 'port.json')
  const preferred = wanted ?? (await readStamp(stamp))?.port ?? defaultPort
  const port = await findFreePort(preferred)
  if (wanted !== undefined && port !== wanted)
    throw new SetupError(`Port ${wanted} is taken. Choose another: npm start -- --port N`)
  /** @type {import('./code-server.mjs').Server | undefined} */
  let server
  await step('VS Code started', async () => {
    server = await startCodeServer({ profile, port })
  })
  if (server === undefined) throw new Error('The step ended without a server.')
  await writeStamp(stamp, { port })
  return server
}

/**
 * @param {import('./code-server.mjs').Server} server
 * @returns {Promise<boolean>} whether the user ended it
 */
function endOfServer(server) {
  return new Promise((resolve) => {
    void server.ended.then(() => resolve(false))
    for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
      process.removeAllListeners(signal)
      process.on(signal, () => {
        resolve(true)
        void server.stop()
      })
    }
  })
}

/**
 * @param {string} url
 * @param {string} remark
 */
function announce(url, remark) {
  console.log(`\n  Roundhouse is in this VS Code:\n\n    ${url}\n\n  ${remark}\n`)
}
