import childProcess from 'node:child_process'
import fs from 'node:fs'
import files from 'node:fs/promises'
import http from 'node:http'
import { syncBuiltinESMExports } from 'node:module'
import { basename, isAbsolute } from 'node:path'
import sqlite from 'node:sqlite'
import { fileURLToPath } from 'node:url'
import * as vscode from 'vscode'
import { isRecord } from '../../src/core/json.js'

/** Part of every error that is injected, which no user is to read. */
export const injected = 'injected fault'

const sources = fileURLToPath(new URL('../../src/', import.meta.url))

/** A function of the platform that can fail. */
interface Failable {
  readonly owner: object
  readonly name: string
  readonly kind: string
  /** Throws, or returns what fails later. `n` chooses among the errors that it may have. */
  readonly fail: (n: number) => unknown
  /** It reports by a promise that rejects. */
  readonly isAsync: boolean
}

export interface FailingCalls {
  /** Fails the Nth call of the product from now on; 0: none. */
  arm(n: number): void
  /** Calls of the product since `arm`. */
  count(): number
  /** What was failed, e.g. `files: rename connections.json`; undefined where there were not so many calls. */
  failed(): string | undefined
  disarm(): void
}

function diskError(n: number): Error {
  const code = ['EIO', 'ENOSPC', 'EACCES', 'EMFILE'][n % 4]
  return Object.assign(new Error(`${code}: ${injected}`), { code })
}

function sqliteError(n: number): Error {
  const errcode = n % 2 === 0 ? 10 : 13
  return Object.assign(new Error(`disk I/O error, ${injected}`), { code: 'ERR_SQLITE_ERROR', errcode })
}

function networkError(): Error {
  const cause = Object.assign(new Error(`read ECONNRESET, ${injected}`), { code: 'ECONNRESET' })
  return new TypeError('fetch failed', { cause })
}

const throwing = (make: (n: number) => Error) => (n: number) => {
  throw make(n)
}
const plainly = throwing(() => new Error(`refused: ${injected}`))

const each = (names: string, parts: Omit<Failable, 'name'>): readonly Failable[] =>
  names.split(' ').map((name) => ({ name, ...parts }))

function prototypeOf(value: object): object {
  const prototype: unknown = Object.getPrototypeOf(value)
  return isRecord(prototype) ? prototype : {}
}

async function fileCalls(): Promise<readonly Failable[]> {
  const handle = await files.open(fileURLToPath(import.meta.url))
  const owner = prototypeOf(handle)
  await handle.close()
  const common = { kind: 'files', fail: throwing(diskError) }
  return [
    ...each(
      'mkdir open readFile readdir rename rm stat utimes writeFile copyFile statfs mkdtemp chmod unlink',
      { ...common, owner: files, isAsync: true },
    ),
    ...each('appendFileSync mkdirSync', { ...common, owner: fs, isAsync: false }),
    ...each('read write writeFile readFile sync stat', { ...common, owner, isAsync: true }),
  ]
}

function databaseCalls(): readonly Failable[] {
  const database = new sqlite.DatabaseSync(':memory:')
  const common = { kind: 'SQLite', fail: throwing(sqliteError), isAsync: false }
  const calls = [
    ...each('exec prepare', { ...common, owner: prototypeOf(database) }),
    ...each('run get all', { ...common, owner: prototypeOf(database.prepare('SELECT 1')) }),
  ]
  database.close()
  return calls
}

/** A connection that is refused is told of by an event, not by an exception. */
function refuseConnection(start: typeof http.request): () => unknown {
  return () => {
    const request = start({ host: '127.0.0.1', port: 9, lookup: () => undefined })
    const code = 'ECONNREFUSED'
    return request.destroy(Object.assign(new Error(`connect ${code}, ${injected}`), { code }))
  }
}

function outsideCalls(): readonly Failable[] {
  const { request } = http
  const fetching = { owner: globalThis, kind: 'network', fail: throwing(networkError), isAsync: true }
  const host = { kind: 'VS Code', fail: plainly, isAsync: true }
  return [
    ...each('fetch', fetching),
    ...each('request', { owner: http, kind: 'network', fail: refuseConnection(request), isAsync: false }),
    ...each('fork', { owner: childProcess, kind: 'processes', fail: throwing(diskError), isAsync: false }),
    ...each('writeText', { ...host, owner: vscode.env.clipboard }),
    ...each('writeFile', { ...host, owner: vscode.workspace.fs }),
  ]
}

/** The keyring and settings.json, of which the played VS Code reads the latter from memory. It makes promises of what is thrown. */
export function storeCalls(secrets: object, settings: object): readonly Failable[] {
  const common = { fail: plainly, isAsync: false }
  return [
    ...each('get set delete', { ...common, owner: secrets, kind: 'keyring' }),
    ...each('set delete', { ...common, owner: settings, kind: 'settings.json' }),
  ]
}

/** The product’s call and no one else’s: a server of the test, and the test itself, go on as they are. */
function isOfProduct(): boolean {
  return (new Error().stack ?? '').includes(sources)
}

/** The first argument where it says what the call is about, and no folder, which is another one each time. */
function describeCall({ name, kind }: Failable, [first]: readonly unknown[]): string {
  if (typeof first !== 'string') return `${kind}: ${name}`
  return `${kind}: ${name} ${isAbsolute(first) ? basename(first) : first.slice(0, 80)}`
}

type Counted = (call: Failable, args: readonly unknown[]) => boolean

/** Puts a function in the place of another that asks first whether it has to fail; returns what takes it back. */
function intercept(call: Failable, at: () => number, mustFail: Counted): () => void {
  const { owner, name, fail, isAsync } = call
  const original: unknown = Reflect.get(owner, name)
  const own = Object.getOwnPropertyDescriptor(owner, name)
  if (typeof original !== 'function') throw new TypeError(`There is no ${name} to fail.`)
  function intercepted(this: unknown, ...args: unknown[]): unknown {
    if (!mustFail(call, args)) return Reflect.apply(Object(original), this, args)
    if (!isAsync) return fail(at())
    return Promise.resolve().then(() => fail(at()))
  }
  Object.defineProperty(owner, name, { configurable: true, writable: true, value: intercepted })
  return () => {
    if (own === undefined) Reflect.deleteProperty(owner, name)
    else Object.defineProperty(owner, name, own)
  }
}

/** Counts what of the platform the product calls, and fails the Nth call, until it is disarmed. */
export async function createFailingCalls(more: readonly Failable[]): Promise<FailingCalls> {
  const calls = [...(await fileCalls()), ...databaseCalls(), ...outsideCalls(), ...more]
  let restore: readonly (() => void)[] = []
  let wanted = 0
  let count = 0
  let failed: string | undefined
  const mustFail: Counted = (call, args) => {
    if (!isOfProduct()) return false
    count++
    if (count !== wanted) return false
    failed = describeCall(call, args)
    return true
  }
  return {
    arm(n) {
      wanted = n
      count = 0
      failed = undefined
      Error.stackTraceLimit = 50
      restore = calls.map((call) => intercept(call, () => wanted, mustFail))
      syncBuiltinESMExports()
    },
    count: () => count,
    failed: () => failed,
    disarm() {
      for (const undo of restore.toReversed()) undo()
      restore = []
      Error.stackTraceLimit = 10
      syncBuiltinESMExports()
    },
  }
}
