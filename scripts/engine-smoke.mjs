// Asks the packed engine for an answer, away from the working tree, where no module of it can help out.
import { fork } from 'node:child_process'
import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { welcomeReply } from './tiny-gguf-welcome.mjs'

const patienceMs = 60_000

/** @param {string} dist the extension's built folder with its engine */
export async function askWelcomeModel(dist) {
  const folder = await mkdtemp(join(tmpdir(), 'roundhouse-packed-'))
  try {
    await cp(dist, folder, { recursive: true })
    const answer = await ask(folder)
    if (answer !== welcomeReply) throw new Error(`The packed engine answered: ${answer}`)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/**
 * @param {string} folder
 * @returns {Promise<string>}
 */
function ask(folder) {
  const child = fork(join(folder, 'llama/child.mjs'), {
    serialization: 'advanced',
    execArgv: [],
    cwd: folder,
  })
  const job = { file: join(folder, 'models/welcome.gguf'), threads: 1, parameters: { temperature: 0 } }
  const messages = [{ role: 'user', content: [{ type: 'text', text: 'Hello' }] }]
  const answer = new Promise((resolve, reject) => {
    let text = ''
    const timer = setTimeout(() => reject(new Error('The packed engine did not answer.')), patienceMs)
    child.on('exit', (code, signal) => reject(new Error(`The packed engine ended (${signal ?? code}).`)))
    child.on('message', (/** @type {any} */ message) => {
      if (message.type === 'parts') for (const part of message.parts) text += part.text ?? ''
      if (message.type === 'failed') reject(new Error(message.message))
      if (message.type === 'done') resolve(text)
    })
    child.send({ type: 'chat', id: 1, messages, ...job })
    child.on('close', () => clearTimeout(timer))
  })
  return answer.finally(() => child.kill('SIGKILL'))
}
