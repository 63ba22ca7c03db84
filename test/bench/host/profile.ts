// Where the time goes: a CPU profile that VS Code and the browsers' developer tools open.
import { writeFile } from 'node:fs/promises'
import { Session } from 'node:inspector/promises'

const sampleEveryMicroseconds = 100

/** Does the work and writes a `.cpuprofile` of it. Profiled work is slower than it is by itself. */
export async function profile<T>(path: string, work: () => Promise<T>): Promise<T> {
  const session = new Session()
  session.connect()
  try {
    await session.post('Profiler.enable')
    await session.post('Profiler.setSamplingInterval', { interval: sampleEveryMicroseconds })
    await session.post('Profiler.start')
    const result = await work()
    const { profile: samples } = await session.post('Profiler.stop')
    await writeFile(path, JSON.stringify(samples))
    return result
  } finally {
    session.disconnect()
  }
}
