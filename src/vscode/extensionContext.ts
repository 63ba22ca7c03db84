import type { Extension, ExtensionContext } from 'vscode'
import type { Memory } from './views/memory.js'

/** What the extension uses of the context that VS Code activates it with. */
export interface UsedContext
  extends Pick<ExtensionContext, 'extensionPath' | 'globalStorageUri' | 'secrets' | 'subscriptions'> {
  readonly extension: Pick<Extension<unknown>, 'packageJSON'>
  readonly globalState: Memory
}
