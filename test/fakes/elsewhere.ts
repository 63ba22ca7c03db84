import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../', import.meta.url))

export interface ElsewhereOptions {
  /** Runs instead of Node, and is given Node's command line at its end, e.g. `['sh', '-c', 'exec "$0" "$@"']`. */
  readonly through?: readonly string[]
}

/**
 * Starts a module in a process of its own, as another window is one. `source` may import what the repository has,
 * by its path from the root, e.g. `src/core/model.ts`; its last line of output is what it has to say.
 */
export function startElsewhere(source: string, { through = [] }: ElsewhereOptions = {}): ChildProcess {
  const absolute = source.replaceAll(/(from |import\()'((?:src|test)\/)/g, (_, word, path) => {
    return `${String(word)}'${root}${String(path)}`
  })
  const command = [
    ...through,
    process.execPath,
    '--no-warnings',
    '--import',
    `${root}test/register.mjs`,
    '--input-type=module',
    '-e',
    absolute,
  ]
  const [program = process.execPath, ...parameters] = command
  return spawn(program, parameters, { cwd: root, stdio: ['pipe', 'pipe', 'pipe'] })
}

/** Everything that a child says until it has ended, errors too. */
export async function readOutput(child: ChildProcess): Promise<string> {
  let output = ''
  child.stdout?.on('data', (data) => (output += String(data)))
  child.stderr?.on('data', (data) => (output += String(data)))
  await once(child, 'close')
  return output.trim()
}

/** Lets programs go on at the same time that say something when they are ready, and then read a line; what each says. */
export async function releaseTogether(children: readonly ChildProcess[]): Promise<readonly string[]> {
  const outputs = children.map(readOutput)
  await Promise.all(
    children.map((child) => new Promise((resolve) => void child.stdout?.once('data', resolve))),
  )
  for (const child of children) child.stdin?.write('go\n')
  return await Promise.all(outputs)
}

export function runElsewhere(source: string, options?: ElsewhereOptions): Promise<string> {
  return readOutput(startElsewhere(source, options))
}
