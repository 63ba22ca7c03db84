import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { within } from './connections.js'
import { openConsumer } from './consumer.js'

/** What Roundhouse's log channel has on disk so far. */
export async function readLog(): Promise<string> {
  const { folders } = await openConsumer()
  return readFile(join(dirname(folders.logs.fsPath), 'roundhouse.roundhouse', 'Roundhouse.log'), 'utf8')
}

/** The log, once it has what is looked for: VS Code writes it with a delay. */
export async function untilLogged(pattern: RegExp): Promise<string> {
  const search = async (): Promise<string> => {
    for (;;) {
      const text = await readLog()
      if (pattern.test(text)) return text
      await wait(50)
    }
  }
  return within(`${String(pattern)} in the log`, search())
}
