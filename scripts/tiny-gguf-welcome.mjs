// The model that a newcomer meets first: it needs no account, no key and no network, and tells how to add a real one.
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { makeTinyGguf } from './tiny-gguf.mjs'

export const welcomeReply = `**Hello from Roundhouse!** I am a tiny model inside the extension: I run on this machine without an account, a key or a network, and this welcome is all that I can say.

To ask a real model, open the Command Palette and run one of these:

- **Roundhouse: Add Connection** for a cloud provider's key, or for a server such as Ollama or vLLM
- **Roundhouse: Add GGUF File** for a model file on your disk

Then choose it in the model picker below the chat input.`

/** Tokens. Chat's instructions and forty tools fill some 40,000 of this model's very short ones. */
const context = 262_144
/** With a window, the time and memory of a prompt grow with its length, not with its square. */
const window = 128

/** @param {string} folder */
export async function writeWelcomeModel(folder) {
  await mkdir(folder, { recursive: true })
  const bytes = makeTinyGguf({
    kind: 'script',
    name: 'Roundhouse Welcome',
    family: 'roundhouse-welcome',
    reply: welcomeReply,
    context,
    window,
  })
  await writeFile(join(folder, 'welcome.gguf'), bytes)
}
