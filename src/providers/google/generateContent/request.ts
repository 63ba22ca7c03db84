import type { ContentPart, DataPart, Message, ToolResultPart } from '../../../core/chat.js'
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
import { thinkingConfig } from '../thinking.js'

interface Content {
  readonly role: 'user' | 'model'
  readonly parts: readonly JsonRecord[]
}

export interface ContentOptions {
  readonly connection: Connection
  readonly names: ToolNames
}

/**
 * What Google documents for calls that the model did not make itself, as after a change of models: without any
 * signature, Gemini 3 answers 400 to the first call of each step since the last question.
 */
const foreignSignature = 'skip_thought_signature_validator'

/** The body of `POST /models/{model}:streamGenerateContent`. */
export function toContentBody(
  request: ProviderChatRequest,
  { connection, names }: ContentOptions,
): JsonRecord {
  const { system, messages } = toConversation(request)
  const tools = toTools(request, names)
  const config = toConfig(request, connection)
  const safety = toSafety(connection)
  return {
    contents: toContents(messages, request.model, names),
    ...(system === '' ? {} : { systemInstruction: { parts: [{ text: system }] } }),
    ...tools,
    ...(Object.keys(config).length === 0 ? {} : { generationConfig: config }),
    ...(safety.length === 0 ? {} : { safetySettings: safety }),
  }
}

function toSafety(connection: Connection): readonly JsonRecord[] {
  return safetyRules(connection).map(({ harm, threshold }) => ({
    category: `HARM_CATEGORY_${harm.toUpperCase()}`,
    threshold: threshold.toUpperCase(),
  }))
}

function toTools({ tools = [], toolMode }: ProviderChatRequest, names: ToolNames): JsonRecord {
  if (tools.length === 0) return {}
  const functionDeclarations = tools.map((tool) => ({
    name: names.toWire(tool.name),
    description: tool.description,
    parametersJsonSchema: toGeminiSchema(tool.inputSchema),
  }))
  const forced = { toolConfig: { functionCallingConfig: { mode: 'ANY' } } }
  return { tools: [{ functionDeclarations }], ...(toolMode === 'required' ? forced : {}) }
}

function toConfig(request: ProviderChatRequest, connection: Connection): JsonRecord {
  const { parameters = {} } = request
  const { responseFormat: format } = parameters
  return compact({
    temperature: parameters.temperature,
    topP: parameters.topP,
    topK: parameters.topK,
    maxOutputTokens: parameters.maxOutputTokens,
    stopSequences: parameters.stop,
    seed: parameters.seed,
    thinkingConfig: thinkingConfig(request, connection),
    responseMimeType: format === undefined || format.type === 'text' ? undefined : 'application/json',
    responseJsonSchema: format?.type === 'jsonSchema' ? toGeminiSchema(format.schema) : undefined,
  })
}

function toContents(messages: readonly Message[], model: ModelInfo, names: ToolNames): Content[] {
  const toolNames = new Map(
    messages.flatMap(({ content }) =>
      content.flatMap((part) => (part.type === 'toolCall' ? [[part.callId, part.name] as const] : [])),
    ),
  )
  const question = messages.findLastIndex(isQuestion)
  return messages.flatMap(({ role, content }, index): Content[] => {
    const parts =
      role === 'assistant'
        ? toModelParts(content, { model, names, isOpen: index > question })
        : toUserParts(content, model, (callId) => names.toWire(toolNames.get(callId) ?? ''))
    return parts.length === 0 ? [] : [{ role: role === 'assistant' ? 'model' : 'user', parts }]
  })
}

function isQuestion({ role, content }: Message): boolean {
  return role === 'user' && content.some((part) => part.type !== 'toolResult')
}

interface ModelTurn {
  readonly model: ModelInfo
  readonly names: ToolNames
  /** Said since the last question: Gemini 3 checks these signatures. */
  readonly isOpen: boolean
}

function toModelParts(content: readonly ContentPart[], { model, names, isOpen }: ModelTurn): JsonRecord[] {
  const owner = { api: 'generateContent', model: model.id } as const
  const signatures = callSignatures(content, owner)
  let needsSignature = isOpen && /^gemini-(?![12][.-])/.test(model.id)
  return content.flatMap((part): JsonRecord[] => {
    if (part.type === 'reasoning') return [keptItem(part, owner) ?? []].flat()
    if (part.type !== 'toolCall') return toParts(part, model)
    const { callId: id, input } = part
    const signature = signatures.get(id) ?? (needsSignature ? foreignSignature : undefined)
    needsSignature = false
    return [
      {
        functionCall: { id, name: names.toWire(part.name), args: input },
        ...(signature === undefined ? {} : { thoughtSignature: signature }),
      },
    ]
  })
}

/** Results first, in the order of their calls; what they hold beside text follows them. */
function toUserParts(
  content: readonly ContentPart[],
  model: ModelInfo,
  nameOf: (callId: string) => string,
): JsonRecord[] {
  const results = content.filter((part) => part.type === 'toolResult')
  return [
    ...results.map((result) => toResponse(result, nameOf(result.callId))),
    ...results.flatMap((result) => dataOf(result, model)),
    ...content.flatMap((part) => (part.type === 'toolResult' ? [] : toParts(part, model))),
  ]
}

function toResponse({ callId: id, content, isError }: ToolResultPart, name: string): JsonRecord {
  const texts = content.map((part) => (part.type === 'text' ? part.text : '[see below]'))
  return {
    functionResponse: { id, name, response: { [isError === true ? 'error' : 'output']: texts.join('\n') } },
  }
}

function dataOf({ callId, content }: ToolResultPart, model: ModelInfo): JsonRecord[] {
  const data = content.filter((part) => part.type === 'data')
  if (data.length === 0) return []
  return [{ text: `Data of the tool result ${callId}:` }, ...data.map((part) => toDataPart(part, model))]
}

function toParts(part: ContentPart, model: ModelInfo): JsonRecord[] {
  if (part.type === 'text') return part.text === '' ? [] : [{ text: part.text }]
  return part.type === 'data' ? [toDataPart(part, model)] : []
}

function toDataPart(part: DataPart, model: ModelInfo): JsonRecord {
  if (!takes(part, model)) return { text: describeOmitted(part) }
  if (kindOf(part.mimeType) === 'text') return { text: toText(part) }
  return { inlineData: { mimeType: part.mimeType, data: toBase64(part) } }
}
