import { type JsonRecord } from '../../core/json.js'
import type { ParameterName } from '../../core/parameters/merge.js'
import type { ProviderChatRequest } from '../../core/provider.js'
import { type RowWays, standardWire } from '../shared/chatWire/wire.js'
import { nearestEffort } from '../shared/effort.js'

const { seed: _, ...parameters } = standardWire.parameters

/** Whether to think is asked apart from how much. */
function effortOf({ model, parameters: given }: ProviderChatRequest): string | undefined {
  const wanted = given?.reasoningEffort
  return wanted === undefined || wanted === 'none'
    ? undefined
    : nearestEffort(wanted, model, ['low', 'high', 'max'])
}

/** Its models think unless they are told not to, but for the old name of the one that never did. */
function thinks({ model, parameters: given }: ProviderChatRequest): boolean {
  if (given?.reasoningEffort !== undefined) return given.reasoningEffort !== 'none'
  return model.capabilities.reasoning ?? model.id !== 'deepseek-chat'
}

function thinkingMembers(request: ProviderChatRequest): JsonRecord {
  const { tools = [], toolMode, parameters: given } = request
  return {
    ...(given?.reasoningEffort === undefined
      ? {}
      : { thinking: { type: thinks(request) ? 'enabled' : 'disabled' } }),
    // It refuses to be made to call while it thinks.
    ...(tools.length > 0 && toolMode === 'required' && thinks(request) ? { tool_choice: 'auto' } : {}),
  }
}

function refusedParameters({ parameters: given }: ProviderChatRequest): readonly ParameterName[] {
  return given?.responseFormat?.type === 'jsonSchema' ? ['responseFormat'] : []
}

export const ways: RowWays = {
  wire: {
    parameters,
    effortOf,
    refuses: refusedParameters,
    extra: thinkingMembers,
    // While it thinks, a message of its own without this is refused, also one of another model's.
    reasoningMember: 'reasoning_content',
  },
  errorRules: [
    { status: [400], message: /^model not exist/i, code: 'not-found' },
    { status: [400], message: /content exists risk/i, code: 'content-filtered' },
  ],
}
