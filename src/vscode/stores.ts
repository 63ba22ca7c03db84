import type { SecretStorage } from 'vscode'
import type { SecretStore } from '../core/ports.js'

/** VS Code's SecretStorage behind the port: encrypted, on this machine only, never synced. */
export function createSecretStore(secrets: SecretStorage): SecretStore {
  return {
    get: async (name) => secrets.get(name),
    set: async (name, value) => secrets.store(name, value),
    delete: async (name) => secrets.delete(name),
    onDidChange: (listener) => secrets.onDidChange((event) => listener(event.key)),
  }
}
