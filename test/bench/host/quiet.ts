// The state of the host process: whether it is busy, and what it weighs.
import { cpuUsage, memoryUsage } from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/** Waits until the process has used less than 4 % of a processor for two seconds, at most `limitMs`. */
export async function settle(limitMs: number): Promise<void> {
  const end = performance.now() + limitMs
  for (let calm = 0; calm < 2 && performance.now() < end; ) {
    const start = cpuUsage()
    await sleep(1_000)
    const { user, system } = cpuUsage(start)
    calm = user + system < 40_000 ? calm + 1 : 0
  }
}

/** Bytes of resident memory, after the garbage has gone. */
export async function weigh(): Promise<number> {
  setFlagsFromString('--expose-gc')
  const collect: unknown = runInNewContext('gc')
  if (typeof collect !== 'function') throw new Error('This host cannot collect its garbage on request.')
  for (let turn = 0; turn < 4; turn++) {
    collect({ type: 'major', execution: 'sync', flavor: 'last-resort' })
    await sleep(150)
  }
  return memoryUsage.rss()
}
