// A process that dies in the middle of an answer: it tells its parent the pid of the engine's child, and waits.
import { createMemoryLog } from '../../../fakes/memoryStores.js'
import { ask, childPids, createTestEngine, never } from './support.js'

const log = createMemoryLog()
const engine = createTestEngine({ log })
const [file = ''] = process.argv.slice(2)
for await (const _ of engine.chat(ask(file, 'Hello'), never)) {
  process.send?.(childPids(log.lines)[0])
  await new Promise((resolve) => setTimeout(resolve, 60_000))
}
