import type { ContentPart, Message, ToolResultPart } from '../../core/chat.js'
import { isRecord, type JsonRecord } from '../../core/json.js'
import type { ModelInfo } from '../../core/model.js'
import { canTake, dataUrl, describeOmitted, isPdf, type PdfRule, pdfName } from '../shared/images.js'
import { textAt } from '../shared/json.js'
import type { ToolNames } from '../shared/toolSchema.js'

/**
 * What is kept of an answer for the next turn: an output item as it came, and the connection it came by, since
 * encrypted reasoning is worthless to another account.
 */
export interface KeptItem {
  readonly connection: string
  readonly item: JsonRecord
}

export interface InputOptions {
  readonly provider: string
  readonly connection: string
  readonly model: ModelInfo
  readonly toolNames: ToolNames
  readonly pdf: PdfRule
}

/** Messages, already in turns, as the Responses API takes them. */
export function toInput(messages: readonly Message[], options: InputOptions): readonly JsonRecord[] {
  return messages.flatMap((message) =>
    message.role === 'assistant'
      ? toAssistantItems(message.content, options)
      : toUserItems(message.content, options),
  )
}

function toUserItems(content: readonly ContentPart[], options: InputOptions): readonly JsonRecord[] {
  const results = content
    .filter((part) => part.type === 'toolResult')
    .map((result) => toOutput(result, options))
  const spoken = content.flatMap((part) => toInputContent(part, options))
  return spoken.length === 0 ? results : [...results, { role: 'user', content: spoken }]
}

function toInputContent(part: ContentPart, { model, pdf }: InputOptions): readonly JsonRecord[] {
  if (part.type === 'text') return [{ type: 'input_text', text: part.text }]
  if (part.type !== 'data') return []
  if (!canTake(part, model, pdf)) return [{ type: 'input_text', text: describeOmitted(part) }]
  const url = dataUrl(part)
  return isPdf(part)
    ? [{ type: 'input_file', filename: pdfName, file_data: url }]
    : [{ type: 'input_image', image_url: url, detail: 'auto' }]
}

function toOutput(result: ToolResultPart, options: InputOptions): JsonRecord {
  const content = result.content.flatMap((part) => toInputContent(part, options))
  const texts = content.map((item) => textAt(item, 'text') ?? '')
  const isText = content.every((item) => item['type'] === 'input_text')
  const prefix = result.isError === true ? 'Error: ' : ''
  return {
    type: 'function_call_output',
    call_id: result.callId,
    output: isText ? prefix + texts.join('\n') : content,
  }
}

/** Reasoning items go back as they came, before what they led to; one that led to nothing would be refused. */
function toAssistantItems(content: readonly ContentPart[], options: InputOptions): readonly JsonRecord[] {
  const items: JsonRecord[] = []
  const phases = keptItems(content, options).filter((item) => item['type'] === 'message')
  let text = ''
  const endText = (): void => {
    if (text === '') return
    const phase = phases.shift()?.['phase']
    items.push({ role: 'assistant', content: text, ...(typeof phase === 'string' ? { phase } : {}) })
    text = ''
  }
  for (const part of content) {
    if (part.type === 'text') text += part.text
    if (part.type !== 'toolCall' && part.type !== 'reasoning') continue
    const reasoning = keptItems([part], options).filter((item) => item['type'] === 'reasoning')
    if (part.type === 'reasoning' && reasoning.length === 0) continue
    endText()
    items.push(...reasoning)
    if (part.type !== 'toolCall') continue
    const name = options.toolNames.toWire(part.name)
    items.push({ type: 'function_call', call_id: part.callId, name, arguments: JSON.stringify(part.input) })
  }
  endText()
  while (items.at(-1)?.['type'] === 'reasoning') items.pop()
  return items
}

function keptItems(content: readonly ContentPart[], options: InputOptions): readonly JsonRecord[] {
  return content.flatMap((part) => {
    if (part.type !== 'reasoning' || part.state === undefined) return []
    const { provider, model, value } = part.state
    if (provider !== options.provider || model !== options.model.id) return []
    if (textAt(value, 'connection') !== options.connection || !isRecord(value)) return []
    return isRecord(value['item']) ? [value['item']] : []
  })
}
