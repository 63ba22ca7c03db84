import * as vscode from 'vscode'
import type { Disposable } from '../core/ports.js'
import type { HostProvider } from './chatProvider.js'

/** Stands for a provider that is still being loaded: every call waits for it, and none is lost. */
export function createLazyChatProvider(loading: Promise<HostProvider>): HostProvider & Disposable {
  const changed = new vscode.EventEmitter<void>()
  let provider: HostProvider | undefined
  let subscription: Disposable | undefined
  let isDisposed = false
  const loaded = loading.then((found) => {
    provider = found
    if (!isDisposed) subscription = found.onDidChangeLanguageModelChatInformation?.(() => changed.fire())
    return found
  })
  // Each call tells its own caller.
  loaded.catch(() => {})
  return {
    onDidChangeLanguageModelChatInformation: changed.event,
    provideLanguageModelChatInformation: async (...call) =>
      (await loaded).provideLanguageModelChatInformation(...call),
    provideLanguageModelChatResponse: async (...call) =>
      (await loaded).provideLanguageModelChatResponse(...call),
    provideTokenCount: (...call) =>
      provider?.provideTokenCount(...call) ?? loaded.then((found) => found.provideTokenCount(...call)),
    dispose() {
      isDisposed = true
      subscription?.dispose()
      changed.dispose()
    },
  }
}
