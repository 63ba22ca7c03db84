import assert from 'node:assert/strict'
import childProcess from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { makeTinyGguf } from '../../scripts/tiny-gguf.mjs'
import { hourMs } from '../../src/core/durations.js'
import { createChatServer } from '../fakes/chatServer.js'
import { closeExtensions, closeLater } from '../fakes/extension.js'
import { type Bait, type HostileWorkspace, hostileWorkspaces } from '../fakes/hostileWorkspaces.js'
import { restrictedSettings, settingRows, userScopes } from '../fakes/vscode/settings.js'
import type { WireServer } from '../fakes/wireServer.js'
import { hello, openWork, type Work, type WorkOptions } from '../fakes/work.js'

const key = 'plum-orchard-lantern'
const environmentKey = 'walnut-harbour-thimble'
const variables = ['OPENAI_API_KEY', 'ANTHROPIC_API_KEY', 'GEMINI_API_KEY', 'GROQ_API_KEY'] as const
const starters = [
  'spawn',
  'fork',
  'exec',
  'execFile',
  'spawnSync',
  'execSync',
  'execFileSync',
] as const satisfies readonly (keyof typeof childProcess)[]

/** Every program that is to be started; none is. */
function watchPrograms() {
  const started: string[] = []
  const originals = starters.map(
    (name) => [name, Object.getOwnPropertyDescriptor(childProcess, name)] as const,
  )
  for (const name of starters) {
    const value = (program: unknown): never => {
      started.push(`${name} ${String(program)}`)
      throw new Error('Nothing is started here.')
    }
    Object.defineProperty(childProcess, name, { configurable: true, writable: true, value })
  }
  syncBuiltinESMExports()
  const end = (): void => {
    for (const [name, own] of originals) if (own !== undefined) Object.defineProperty(childProcess, name, own)
    syncBuiltinESMExports()
  }
  return { started, end }
}

/** What it is to refuse is refused in many ways. */
const tryTo = (work: () => Promise<unknown>): Promise<unknown> => work().catch(() => undefined)

/** Everything that a user does in a day, with whatever models there are. */
async function workADay(work: Work): Promise<void> {
  for (const command of ['refreshModels', 'testConnection', 'showHealth', 'showBudgets'])
    await tryTo(() => work.run(`roundhouse.${command}`, 'work'))
  for (const model of [...(await work.models()), 'work/small', 'its/model', 'its/small', 'auto'])
    await tryTo(() => work.ask(model, 'Hi'))
  const api = await work.exports.getApi(1, 'acme.helper')
  await tryTo(() => api.embed({ texts: ['Hi'] }))
  await tryTo(() => work.countTokens('work/small', 'Hi'))
  await work.clock.skip(2 * hourMs)
}

async function openHostile(options: WorkOptions): Promise<Work> {
  const work = await openWork({ hosts: {}, secrets: new Map(), ...options })
  await work.run('roundhouse.enterKey', 'work', { type: key })
  return work
}

/** All that a server got. */
function bytesAt(server: WireServer): string {
  return JSON.stringify(server.requests.map(({ path, headers, body }) => [path, headers, body]))
}

describe('A workspace that somebody else has made', () => {
  closeExtensions()

  let hostile: WireServer
  let bait: Bait
  let programs: ReturnType<typeof watchPrograms>
  const kept = new Map<string, string | undefined>()
  beforeEach(async () => {
    for (const name of variables) {
      kept.set(name, process.env[name])
      process.env[name] = environmentKey
    }
    programs = watchPrograms()
    hostile = await createChatServer(['small'], hello)
    closeLater(() => hostile.close())
    const folder = await mkdtemp(join(tmpdir(), 'roundhouse-workspace-'))
    closeLater(() => rm(folder, { recursive: true, force: true }))
    bait = { origin: hostile.origin, program: join(folder, 'run.sh'), model: join(folder, 'model.gguf') }
    await writeFile(bait.program, '#!/bin/sh\n', { mode: 0o700 })
    await writeFile(bait.model, makeTinyGguf({ kind: 'script', reply: 'Hello' }))
  })
  afterEach(() => {
    programs.end()
    for (const [name, value] of kept) {
      if (value === undefined) delete process.env[name]
      else process.env[name] = value
    }
  })

  /** What it got, and whether the user’s own settings were at work meanwhile. */
  async function visit(
    { settings, workspaceName = 'project', own = {} }: HostileWorkspace,
    options: WorkOptions,
  ) {
    const written = settings(bait)
    const work = await openHostile({
      ...options,
      settings: own,
      workspaceSettings: written,
      workspaceName,
    })
    await workADay(work)
    // Once more, now as a change of an open window.
    for (const [name, value] of Object.entries(written)) work.editor.settings.writeToWorkspace(name, value)
    await workADay(work)
    await work.close()
    return {
      programs: programs.started,
      requests: bytesAt(hostile),
      isUserAnswered: work.chats().length > 0,
      isOtherKeySent: bytesAt(work.server).includes(environmentKey),
    }
  }

  /** The user’s own limits hold where there are some, and else nothing is in the way of the user’s requests. */
  const harmless = ({ own }: HostileWorkspace) => ({
    programs: [],
    requests: '[]',
    isUserAnswered: own === undefined,
    isOtherKeySent: false,
  })

  for (const workspace of hostileWorkspaces)
    for (const isTrusted of [true, false])
      it(`that ${workspace.wants} gets no key and starts nothing, ${isTrusted ? 'trusted' : 'in Restricted Mode'}`, async () => {
        assert.deepEqual(await visit(workspace, { isTrusted }), harmless(workspace))
      })

  for (const workspace of hostileWorkspaces)
    it(`that ${workspace.wants} gets nothing from a host that knows no scopes either`, async () => {
      assert.deepEqual(await visit(workspace, { ignoresScopes: true }), harmless(workspace))
    })

  it('is tried with at least thirty of them', () => {
    assert.ok(hostileWorkspaces.length >= 30, String(hostileWorkspaces.length))
    assert.equal(new Set(hostileWorkspaces.map(({ wants }) => wants)).size, hostileWorkspaces.length)
  })

  it('could do what the user can: the same entry in the user’s settings is asked with the key', async () => {
    const work = await openHostile({ connection: { baseUrl: `${hostile.origin}/v1` } })
    await workADay(work)
    assert.ok(bytesAt(hostile).includes(`Bearer ${key}`))
  })

  it('could do what the user can: a model file in the user’s settings starts a program', async () => {
    const mine = { id: 'mine', provider: 'llamacpp', files: [bait.model], models: { model: {} } }
    const work = await openHostile({})
    work.write('roundhouse.connections', [work.connection, mine])
    await work.untilListed('mine/model')
    await workADay(work)
    assert.match(programs.started.join(), /^fork /)
  })

  it('can write no setting but those that only tighten, whether it is trusted or not', () => {
    const rows = [...settingRows()]
    const open = rows.filter(([, { scope }]) => !userScopes.has(scope)).map(([name]) => name)
    assert.deepEqual(open.toSorted(), ['roundhouse.localOnly', 'roundhouse.workspaceBudgets'])
    const restricted = restrictedSettings()
    const closed = rows.map(([name]) => name).filter((name) => !open.includes(name))
    assert.deepEqual(
      closed.filter((name) => !restricted.has(name)),
      [],
    )
  })
})
