import { compact } from '../../core/compact.js'
import { type JsonRecord } from '../../core/json.js'
import type { ProviderChatRequest, ProviderContext } from '../../core/provider.js'
import type { WireNames } from '../shared/customBody.js'
import { textField } from '../shared/fields.js'
import { canTake, checkNewestData } from '../shared/images.js'
import { prepareConversation } from '../shared/messages.js'
import type { ParameterRules } from '../shared/parameters.js'
import { toResponsesFormat } from '../shared/responseFormat.js'
import { sanitiseSchema, type ToolNames } from '../shared/toolSchema.js'
import { type InputOptions, toInput } from './input.js'
import { promptCacheMembers } from './promptCache.js'
import { effortOf, isReasoning, refusedByReasoning } from './reasoning.js'

/** What the API has a place for. */
export const responsesRules: ParameterRules = {
  takes: ['temperature', 'topP', 'maxOutputTokens', 'reasoningEffort', 'responseFormat'],
  refuses: refusedByReasoning,
}

/**
 * The body of `POST /responses`. Nothing is stored at the provider, so reasoning travels with the conversation,
 * encrypted. Throws ModelError `capability-unsupported`.
 */
export function toResponsesBody(
  request: ProviderChatRequest,
  context: ProviderContext,
  { toolNames, pdf }: Pick<InputOptions, 'toolNames' | 'pdf'>,
): JsonRecord {
  const { model, parameters = {} } = request
  checkNewestData(request.messages, model, model.provider, (part) => canTake(part, model, pdf))
  const prepared = prepareConversation(request.messages, model.capabilities)
  const reasons = isReasoning(request)
  const reasoning = reasoningOf(request, textField(context, 'reasoningSummary'))
  const format =
    parameters.responseFormat === undefined ? undefined : toResponsesFormat(parameters.responseFormat)
  return {
    model: model.id,
    input: toInput(prepared.messages, {
      provider: model.provider,
      connection: context.connection.id,
      model,
      toolNames,
      pdf,
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
      text: format === undefined ? undefined : { format },
    }),
    ...promptCacheMembers(request, context.connection),
    ...toTools(request, toolNames),
  }
}

function reasoningOf(request: ProviderChatRequest, summary: string | undefined): JsonRecord {
  return compact({
    effort: effortOf(request),
    summary: isReasoning(request) && summary !== 'none' ? summary : undefined,
  })
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

/** For a connection's own words about members of the body. */
export const responsesNames: WireNames = {
  temperature: 'temperature',
  topP: 'top_p',
  maxOutputTokens: 'max_output_tokens',
  reasoningEffort: 'reasoning',
  responseFormat: 'text',
}
