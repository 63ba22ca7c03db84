import type { DataPart, TextPart } from '../../../core/chat.js'
import type { JsonRecord } from '../../../core/json.js'
import { arrayAt, recordAt, textAt } from '../json.js'

const dataUrl = /^data:(image\/[\w.+-]+)(?:;[\w=.+-]+)*;base64,/

const none: readonly TextPart[] = []

/** Pictures that a model made: of `images` beside the text, and among the pieces of `content`. */
export function readImages(delta: JsonRecord): readonly (DataPart | TextPart)[] {
  if (delta['images'] === undefined && !Array.isArray(delta['content'])) return none
  const pieces = [...arrayAt(delta, 'images'), ...arrayAt(delta, 'content')]
  return pieces.flatMap((piece): readonly (DataPart | TextPart)[] => {
    const url =
      textAt(recordAt(piece, 'image_url'), 'url') ?? textAt(piece, 'image_url') ?? textAt(piece, 'url')
    return url === undefined ? [] : toPart(url)
  })
}

function toPart(url: string): readonly (DataPart | TextPart)[] {
  const found = dataUrl.exec(url)
  if (found !== null) {
    const data = Uint8Array.from(Buffer.from(url.slice(found[0].length), 'base64'))
    return [{ type: 'data', mimeType: found[1] ?? 'image/png', data }]
  }
  // One that lies at a server is not fetched unasked: that would tell the server who looks.
  const address = /^https?:/.test(url) ? URL.parse(url) : null
  if (address === null) return []
  return [
    { type: 'text', text: `\n\n[Image](${address.href.replaceAll('(', '%28').replaceAll(')', '%29')})\n\n` },
  ]
}
