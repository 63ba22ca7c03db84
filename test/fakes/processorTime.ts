import { threadCpuUsage } from 'node:process'

/** Tells the milliseconds that this thread has computed since: unlike a clock, it does not count what others take. */
export function startProcessorClock(): () => number {
  const before = threadCpuUsage()
  return () => {
    const { user, system } = threadCpuUsage(before)
    return (user + system) / 1000
  }
}

/** Milliseconds that this thread computes while `work` runs. */
export function measureProcessorMs(work: () => unknown): number {
  const processorMs = startProcessorClock()
  work()
  return processorMs()
}
