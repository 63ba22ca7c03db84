import type { ListedModel } from '../../core/model.js'
import { type ChatProviderRow, standardWire } from '../shared/chatWire/wire.js'
import { promptCacheMembers } from './promptCache.js'
import { effortOf, refusedByReasoning } from './reasoning.js'

/** What the list holds beside chat models; it says nothing but ids. */
const otherIds =
  /whisper|tts|dall-e|image|sora|audio|realtime|transcribe|moderation|davinci|babbage|turbo-instruct|\blive\b/i

/** Its older API, and its model list. */
export const ways: Pick<ChatProviderRow, 'wire' | 'refineModel'> = {
  wire: {
    parameters: { ...standardWire.parameters, maxOutputTokens: 'max_completion_tokens' },
    effortOf,
    extra: promptCacheMembers,
    refuses: refusedByReasoning,
    maximumStops: 4,
    pdf: 'tried',
  },
  refineModel: (model: ListedModel) => (otherIds.test(model.id) ? undefined : model),
}
