import type { Interactions } from '@google/genai'
import type { ContentPart, DataPart, Message, TextPart, ToolResultPart } from '../../../core/chat.js'
import { compact } from '../../../core/compact.js'
import { type JsonRecord } from '../../../core/json.js'
import type { ModelInfo } from '../../../core/model.js'
import type { Connection, ProviderChatRequest } from '../../../core/provider.js'
import { describeOmitted } from '../../shared/images.js'
import type { ToolNames } from '../../shared/toolSchema.js'
import { toConversation } from '../conversation.js'
import { kindOf, takes, toBase64, toText } from '../media.js'
import { safetyRules } from '../safety.js'
import { toGeminiSchema } from '../schema.js'
import { callSignatures, keptItem } from '../state.js'
import { showsThoughts, thinkingLevel } from '../thinking.js'

/** Steps as the SDK types them, and as they were given: a call's signature is not in its types. */
type Step = Interactions.Step | JsonRecord
export type InteractionParams = Omit<Interactions.CreateModelInteractionParamsStreaming, 'input'> & {
  readonly input: readonly Step[]
}

export interface InteractionOptions {
  readonly connection: Connection
  readonly names: ToolNames
}

/** The body of `POST /interactions`. Nothing of it is kept at Google. */
export function toInteraction(
  request: ProviderChatRequest,
  { connection, names }: InteractionOptions,
): InteractionParams {
  const { system, messages } = toConversation(request)
  const tools = toTools(request, names)
  const config = toConfig(request, connection)
  const safety = toSafety(connection)
  const format = toFormat(request)
  return {
    model: request.model.id,
    input: messages.flatMap((message) => toSteps(message, request.model, names)),
    stream: true,
    store: false,
    ...(system === '' ? {} : { system_instruction: system }),
    ...(tools.length === 0 ? {} : { tools }),
    ...(Object.keys(config).length === 0 ? {} : { generation_config: config }),
    ...(safety.length === 0 ? {} : { safety_settings: safety }),
    ...(format === undefined ? {} : { response_format: format }),
  }
}

function toTools({ tools = [] }: ProviderChatRequest, names: ToolNames): Interactions.Tool[] {
  return tools.map((tool) => ({
    type: 'function',
    name: names.toWire(tool.name),
    description: tool.description,
    parameters: toGeminiSchema(tool.inputSchema),
  }))
}

function toConfig(request: ProviderChatRequest, connection: Connection): Interactions.GenerationConfig {
  const { model, parameters = {}, tools = [], toolMode } = request
  return compact({
    temperature: parameters.temperature,
    top_p: parameters.topP,
    max_output_tokens: parameters.maxOutputTokens,
    stop_sequences: parameters.stop === undefined ? undefined : [...parameters.stop],
    seed: parameters.seed,
    thinking_level: thinkingLevel(request),
    thinking_summaries: showsThoughts(model, connection) ? 'auto' : undefined,
    tool_choice: toolMode === 'required' && tools.length > 0 ? 'any' : undefined,
  })
}

function toSafety(connection: Connection): Interactions.SafetySetting[] {
  return safetyRules(connection).map(({ harm: type, threshold }) => ({ type, threshold }))
}

function toFormat({ parameters }: ProviderChatRequest): Interactions.TextResponseFormat | undefined {
  const format = parameters?.responseFormat
  if (format === undefined || format.type === 'text') return undefined
  const schema = format.type === 'jsonSchema' ? { schema: toGeminiSchema(format.schema) } : {}
  return { type: 'text', mime_type: 'application/json', ...schema }
}

function toSteps({ role, content }: Message, model: ModelInfo, names: ToolNames): Step[] {
  return role === 'assistant' ? toModelSteps(content, model, names) : toUserSteps(content, model)
}

/** Results first: they are what the calls before them wait for. */
function toUserSteps(content: readonly ContentPart[], model: ModelInfo): Step[] {
  const results = content.filter((part) => part.type === 'toolResult').map((part) => toResult(part, model))
  const said = toContents(content, model)
  return [...results, ...(said.length === 0 ? [] : [{ type: 'user_input', content: said } as const])]
}

function toResult(
  { callId, content, isError }: ToolResultPart,
  model: ModelInfo,
): Interactions.FunctionResultStep {
  const result = toContents(content, model)
  return {
    type: 'function_result',
    call_id: callId,
    result: result.length === 0 ? '' : result,
    ...(isError === true ? { is_error: true } : {}),
  }
}

/** In the order in which the model said it; thoughts go back as they came, or not at all. */
function toModelSteps(content: readonly ContentPart[], model: ModelInfo, names: ToolNames): Step[] {
  const owner = { api: 'interactions', model: model.id } as const
  const signatures = callSignatures(content, owner)
  return content.flatMap((part): Step[] => {
    if (part.type === 'reasoning') return [keptItem(part, owner) ?? []].flat()
    if (part.type !== 'toolCall') {
      const said = toContents([part], model)
      return said.length === 0 ? [] : [{ type: 'model_output', content: said }]
    }
    const { callId: id, input } = part
    const signature = signatures.get(id)
    return [
      {
        type: 'function_call',
        id,
        name: names.toWire(part.name),
        arguments: input,
        ...(signature === undefined ? {} : { signature }),
      },
    ]
  })
}

function toContents(parts: readonly ContentPart[], model: ModelInfo): Interactions.Content[] {
  return parts.flatMap((part): Interactions.Content[] => {
    if (part.type === 'text') return part.text === '' ? [] : [{ type: 'text', text: part.text }]
    return part.type === 'data' ? [toContent(part, model)] : []
  })
}

function toContent(part: DataPart, model: ModelInfo): Interactions.Content {
  const kind = takes(part, model) ? kindOf(part.mimeType) : undefined
  if (kind === undefined) return textOf(describeOmitted(part))
  if (kind === 'text') return textOf(toText(part))
  return { type: kind, mime_type: part.mimeType, data: toBase64(part) }
}

function textOf(text: string): TextPart {
  return { type: 'text', text }
}
