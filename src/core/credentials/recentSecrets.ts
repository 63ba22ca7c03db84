import type { Clock, Disposable, SecretStore } from '../ports.js'

/**
 * VS Code reads a secret in another process, on every request. Its announcements keep this memory true, but a browser
 * does not pass them between windows: so nothing is believed for longer. Milliseconds.
 */
const believedForMs = 30_000

interface Memory {
  readonly value: Promise<string | undefined>
  readonly readAt: number
}

export interface RecentSecrets extends SecretStore, Disposable {
  /** Reads anew when it is next asked. */
  forget(): void
}

/** Answers a repeated question about the same secret from memory; a change is seen at once, a failure never kept. */
export function rememberSecrets(secrets: SecretStore, clock: Clock): RecentSecrets {
  const memories = new Map<string, Memory>()
  const drop = (name: string) => void memories.delete(name)
  const subscription = secrets.onDidChange(drop)
  return {
    async get(name) {
      const known = memories.get(name)
      if (known !== undefined && clock.monotonic() - known.readAt < believedForMs) return await known.value
      const memory = { value: secrets.get(name), readAt: clock.monotonic() }
      memories.set(name, memory)
      try {
        return await memory.value
      } catch (error) {
        if (memories.get(name) === memory) drop(name)
        throw error
      }
    },
    async set(name, value) {
      drop(name)
      await secrets.set(name, value)
      drop(name)
    },
    async delete(name) {
      drop(name)
      await secrets.delete(name)
      drop(name)
    },
    forget: () => memories.clear(),
    onDidChange: (listener) => secrets.onDidChange(listener),
    dispose() {
      subscription.dispose()
      memories.clear()
    },
  }
}
