// A process that performs one job after another for its parent.
import process from 'node:process'
import { type Job, perform } from './jobs.js'

process.on('message', (job: Job) => {
  perform(job)
    .then((result) => process.send?.(result))
    .catch((error: unknown) => process.send?.({ kind: 'failed', error: String(error) }))
})
process.on('disconnect', () => process.exit())
