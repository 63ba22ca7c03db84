import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

const logName = 'GitHub Copilot Chat.log'
/** Its last word before it takes messages; one that is sent earlier ends at VS Code's sign-in. */
const started = "activationBlocker from 'conversationFeature' took"

/** How often VS Code's own chat has started in the windows of a profile; it does so once there is a model. */
export async function countChatStarts(profile: string): Promise<number> {
  const folder = join(profile, 'user-data', 'logs')
  const paths = await readdir(folder, { recursive: true }).catch(() => [])
  const logs = paths.filter((path) => path.endsWith(logName))
  const texts = await Promise.all(logs.map((path) => readFile(join(folder, path), 'utf8').catch(() => '')))
  return texts.reduce((count, text) => count + text.split(started).length - 1, 0)
}
