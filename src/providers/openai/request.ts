import type { ReasoningEffort } from '../../core/chat.js'
import type { ProviderChatRequest, ProviderContext } from '../../core/provider.js'
import { textField } from '../shared/fields.js'
import { checkNewestData } from '../shared/images.js'
import { compact, type JsonRecord } from '../shared/json.js'
import { prepareConversation } from '../shared/messages.js'
import { sanitiseSchema, type ToolNames } from '../shared/toolSchema.js'
import { toInput } from './input.js'

/** Names the API has for efforts that are ours; the model refuses those it does not know. */
const efforts: Readonly<Record<ReasoningEffort, string>> = {
  none: 'none',
  minimal: 'minimal',
  low: 'low',
  medium: 'medium',
  high: 'high',
  max: 'max',
}

/**
 * The body of `POST /responses`. Nothing is stored at the provider, so reasoning travels with the conversation,
 * encrypted. Throws ModelError `capability-unsupported`.
 */
export function toResponsesBody(
  request: ProviderChatRequest,
  context: ProviderContext,
  toolNames: ToolNames,
): JsonRecord {
  const { model, parameters = {} } = request
  checkNewestData(request.messages, model, 'openai')
  const prepared = prepareConversation(request.messages, { systemRole: model.capabilities.systemRole })
  const reasons = isReasoning(request)
  const summary = textField(context, 'reasoningSummary')
  const effort = parameters.reasoningEffort
  const reasoning = compact({
    effort: effort === undefined ? undefined : efforts[effort],
    summary: reasons && summary !== 'none' ? summary : undefined,
  })
  return {
    model: model.id,
    input: toInput(prepared.messages, {
      provider: 'openai',
      connection: context.connection.id,
      model,
      toolNames,
    }),
    stream: true,
    store: false,
    ...compact({
      instructions: prepared.system === '' ? undefined : prepared.system,
      // Models that do not reason refuse to be asked for it.
      include: reasons ? ['reasoning.encrypted_content'] : undefined,
      reasoning: Object.keys(reasoning).length === 0 ? undefined : reasoning,
      max_output_tokens: parameters.maxOutputTokens,
      temperature: parameters.temperature,
      top_p: parameters.topP,
    }),
    ...toTools(request, toolNames),
  }
}

/** Says what the catalogue knows, else what the family's name tells. */
function isReasoning({ model, parameters }: ProviderChatRequest): boolean {
  const isNamed = /^(ft:)?(o\d|gpt-[5-9]|codex)/.test(model.id) && !/chat/.test(model.id)
  return model.capabilities.reasoning ?? (parameters?.reasoningEffort !== undefined || isNamed)
}

function toTools({ tools = [], toolMode }: ProviderChatRequest, toolNames: ToolNames): JsonRecord {
  if (tools.length === 0) return {}
  return {
    tools: tools.map((tool) => ({
      type: 'function',
      name: toolNames.toWire(tool.name),
      description: tool.description,
      parameters: sanitiseSchema(tool.inputSchema),
      strict: false,
    })),
    ...(toolMode === 'required' ? { tool_choice: 'required' } : {}),
  }
}
