// What VS Code calls as a test run: one session of the bench.
import { readJob, writeResult } from './job.js'
import { measureSession } from './session.js'

export async function run(): Promise<void> {
  const job = await readJob()
  await writeResult(job, await measureSession(job))
}
