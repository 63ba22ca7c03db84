import type { Disposable, Log } from '../core/ports.js'
import type { TextStore } from '../core/usage/texts/textStore.js'
import type { Policies } from './policies/policies.js'
import type { UsageNotices } from './usageNotices.js'

export interface KeptTextsOfferOptions {
  readonly policies: Pick<Policies, 'keepsTexts' | 'onDidChangeKeepsTexts'>
  readonly loadTexts: () => Promise<Pick<TextStore, 'count' | 'delete'>>
  readonly notices: Pick<UsageNotices, 'keptTexts'>
  /** Whether this window is the one in use. */
  readonly inUse: () => boolean
  readonly log: Pick<Log, 'error'>
}

/** Offers to delete what was kept, in the window in which the user has turned the keeping off. */
export function createKeptTextsOffer(options: KeptTextsOfferOptions): Disposable {
  const { policies, loadTexts, notices, inUse, log } = options

  async function offer(): Promise<void> {
    if (policies.keepsTexts() || !inUse()) return
    const texts = await loadTexts()
    const calls = texts.count()
    if (calls > 0) notices.keptTexts(calls, () => void texts.delete())
  }

  return policies.onDidChangeKeepsTexts(() => {
    offer().catch((error: unknown) => log.error('Kept prompts and answers could not be looked at', error))
  })
}
