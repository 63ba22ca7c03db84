import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { isRecord, parseJson } from '../../src/core/json.js'
import { startElsewhere } from './elsewhere.js'

export interface WorkElsewhereOptions {
  /** The extension's storage, which other windows share. */
  readonly folder: string
  /** Of the next version: it has a step of the schema that this one lacks. */
  readonly isNext?: boolean
}

/** A window in a process of its own, with the whole extension and the connection `work`. */
export interface WorkElsewhere {
  /** What `work/small` answers, or the error’s words. */
  ask(text: string): Promise<string>
  write(key: string, value: unknown): Promise<void>
  skip(ms: number): Promise<void>
  /** Every message so far. */
  told(): Promise<readonly string[]>
  /** Requests that its server got. */
  chats(): Promise<number>
  /** Resolves when the process has ended; fails where it has not ended by itself. */
  close(): Promise<void>
  /** For a test that has failed. */
  kill(): void
}

/** A program of the old version fails at what it inserts into such a table without knowing the column. */
const nextStep = `migrations.push({ number: migrations.length + 1, name: 'next',
  sql: "ALTER TABLE attempt ADD COLUMN next_column TEXT NOT NULL DEFAULT 'next'" })`

function programOf({ folder, isNext = false }: WorkElsewhereOptions): string {
  return `import { createInterface } from 'node:readline'
import { migrations } from 'src/core/storage/migrations.ts'
import { openWork } from 'test/fakes/work.ts'
${isNext ? nextStep : ''}
const work = await openWork({ folder: ${JSON.stringify(folder)} })
const acts = {
  ask: (text) => work.ask('work/small', text).catch(String),
  write: ([key, value]) => work.write(key, value),
  skip: (ms) => work.clock.skip(ms),
  told: () => work.editor.user.told.map(({ message }) => message),
  chats: () => work.chats().length,
  close: () => Promise.all([work.close(), work.server.close()]).then(() => undefined),
}
for await (const line of createInterface({ input: process.stdin })) {
  const [act, value] = JSON.parse(line)
  console.log(JSON.stringify({ result: await acts[act](value) }))
  if (act === 'close') break
}`
}

export function openWorkElsewhere(options: WorkElsewhereOptions): WorkElsewhere {
  const child = startElsewhere(programOf(options))
  let errors = ''
  child.stderr?.on('data', (data) => (errors += String(data)))
  assert.ok(child.stdin !== null && child.stdout !== null)
  const { stdin, stdout } = child
  const lines = createInterface({ input: stdout })[Symbol.asyncIterator]()
  async function call(act: string, value?: unknown): Promise<unknown> {
    stdin.write(`${JSON.stringify([act, value])}\n`)
    const { value: line } = await lines.next()
    const answer = parseJson(String(line))
    return isRecord(answer) ? answer['result'] : assert.fail(`no answer to ${act}: ${errors}`)
  }
  return {
    ask: async (text) => String(await call('ask', text)),
    write: async (key, value) => void (await call('write', [key, value])),
    skip: async (ms) => void (await call('skip', ms)),
    async told() {
      const told = await call('told')
      return Array.isArray(told) ? told.map(String) : []
    },
    chats: async () => Number(await call('chats')),
    async close() {
      const ended = once(child, 'close')
      await call('close')
      stdin.end()
      const [code] = await ended
      assert.equal(code, 0, errors)
      assert.equal(errors, '')
    },
    kill: () => void child.kill('SIGKILL'),
  }
}
