import type { DataPart, Message } from '../../core/chat.js'
import { ModelError } from '../../core/errors.js'
import type { ModelInfo } from '../../core/model.js'

export function dataUrl(part: DataPart): string {
  return `data:${part.mimeType};base64,${Buffer.from(part.data).toString('base64')}`
}

/** A file has no name here, and OpenAI wants one. */
export const pdfName = 'document.pdf'

export function isPdf(part: DataPart): boolean {
  return part.mimeType === 'application/pdf'
}

function isImage(part: DataPart): boolean {
  return part.mimeType.startsWith('image/')
}

/** What stands in a conversation for data that the model cannot take. */
export function describeOmitted(part: DataPart): string {
  return `[${part.mimeType} left out: this model does not take it]`
}

/**
 * Throws `capability-unsupported` where what the user has just given is data that the model cannot take. Older data
 * of the conversation, and that of tools, is described in words instead.
 */
export function checkNewestData(
  messages: readonly Message[],
  model: ModelInfo,
  provider: string,
  takes: (part: DataPart, model: ModelInfo) => boolean = canTake,
): void {
  const newest = messages.findLast((message) => message.role === 'user')
  for (const part of newest?.content ?? []) {
    if (part.type !== 'data' || takes(part, model)) continue
    throw new ModelError({
      code: 'capability-unsupported',
      message: `The model ${model.name} does not take ${part.mimeType}. Leave the file out, or choose a model that takes it.`,
      provider,
      model: { connection: model.connection, id: model.id },
    })
  }
}

/** Whether a server takes PDFs of a model that nobody knows to take them: tried with those whose models mostly do. */
export type PdfRule = 'tried' | 'told'

function takesPdf({ inputModalities, capabilities }: ModelInfo, rule: PdfRule | undefined): boolean {
  if (rule === undefined) return false
  return inputModalities?.includes('pdf') ?? (rule === 'tried' && capabilities.imageInput !== false)
}

/** An unknown capability is tried: the server knows better. No PDFs without a rule. */
export function canTake(part: DataPart, model: ModelInfo, pdf?: PdfRule): boolean {
  return isPdf(part) ? takesPdf(model, pdf) : isImage(part) && model.capabilities.imageInput !== false
}
