import { threadCpuUsage } from 'node:process'

/** Milliseconds that this thread computes while `work` runs: unlike the clock, it does not count what others take. */
export function measureProcessorMs(work: () => unknown): number {
  const before = threadCpuUsage()
  work()
  const { user, system } = threadCpuUsage(before)
  return (user + system) / 1000
}
