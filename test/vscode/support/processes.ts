import { execFile } from 'node:child_process'
import { pid } from 'node:process'
import { promisify } from 'node:util'

/** Process ids of the engines that this extension host has started and that still run. */
export async function engineProcesses(): Promise<readonly number[]> {
  const { stdout } = await promisify(execFile)('ps', ['-A', '-o', 'pid=,ppid=,args='])
  return stdout.split('\n').flatMap((line) => {
    const [, id, parent, command] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? []
    return Number(parent) === pid && command?.includes('child.mjs') === true ? [Number(id)] : []
  })
}
