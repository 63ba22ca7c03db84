import type { DataPart } from '../../core/chat.js'
import type { ModelInfo } from '../../core/model.js'

export type MediaKind = 'image' | 'audio' | 'video' | 'document' | 'text'

const kinds: readonly { readonly mimeType: RegExp; readonly kind: MediaKind }[] = [
  { mimeType: /^image\/(png|jpe?g|webp|heic|heif|gif|bmp|tiff)$/, kind: 'image' },
  { mimeType: /^audio\//, kind: 'audio' },
  { mimeType: /^video\//, kind: 'video' },
  { mimeType: /^application\/pdf$/, kind: 'document' },
  { mimeType: /^text\/|^application\/(json|xml|javascript|x-typescript)$/, kind: 'text' },
]

/** Undefined for data that Gemini does not read. */
export function kindOf(mimeType: string): MediaKind | undefined {
  return kinds.find((row) => row.mimeType.test(mimeType))?.kind
}

/** A model that is known to see nothing hears and reads nothing either, but text. */
export function takes(part: DataPart, model: ModelInfo): boolean {
  const kind = kindOf(part.mimeType)
  return kind !== undefined && (kind === 'text' || model.capabilities.imageInput !== false)
}

export function toBase64(part: DataPart): string {
  return Buffer.from(part.data).toString('base64')
}

export function fromBase64(mimeType: string | undefined, data: string | undefined): DataPart | undefined {
  if (mimeType === undefined || data === undefined) return undefined
  return { type: 'data', mimeType, data: Uint8Array.from(Buffer.from(data, 'base64')) }
}

export function toText(part: DataPart): string {
  return new TextDecoder().decode(part.data)
}
