import { type JsonRecord } from '../../core/json.js'
import type { ProviderChatRequest } from '../../core/provider.js'
import { type RowWays, standardWire } from '../shared/chatWire/wire.js'
import { nearestEffort } from '../shared/effort.js'

const { frequencyPenalty: _, presencePenalty: __, ...taken } = standardWire.parameters

/** gpt-oss always thinks. */
function effortOf({ model, parameters }: ProviderChatRequest): string | undefined {
  const wanted = parameters?.reasoningEffort
  const efforts = ['none', 'low', 'medium', 'high'].slice(/gpt-oss/i.test(model.id) ? 1 : 0)
  return wanted === undefined ? undefined : nearestEffort(wanted, model, efforts)
}

/** Some models leave their thinking among the text unless they are asked; what does not think refuses the question. */
function separateReasoning({ model }: ProviderChatRequest): JsonRecord {
  return model.capabilities.reasoning === true ? { reasoning_format: 'parsed' } : {}
}

export const ways: RowWays = {
  wire: {
    parameters: { ...taken, maxOutputTokens: 'max_completion_tokens' },
    effortOf,
    extra: separateReasoning,
  },
  errorRules: [{ types: /queue_exceeded/, code: 'overloaded', retryable: true }],
}
