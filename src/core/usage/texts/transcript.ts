import type { ContentPart, Message } from '../../chat.js'

function writePart(part: ContentPart): string {
  switch (part.type) {
    case 'text':
    case 'reasoning':
      return part.text
    case 'data':
      return `(${part.mimeType}, ${part.data.byteLength.toLocaleString('en')} bytes)`
    case 'toolCall':
      return writeToolCall(part.name, part.input)
    case 'toolResult':
      return `(result) ${part.content.map(writePart).join('\n')}`
    default:
      return part satisfies never
  }
}

export function writeToolCall(name: string, input: object): string {
  return `(call) ${name} ${JSON.stringify(input)}`
}

/** What was said, for people to read: each message under its role. Pictures and other data by their kind and size. */
export function writeTranscript(messages: readonly Message[]): string {
  return messages.map(({ role, content }) => `${role}:\n${content.map(writePart).join('\n')}`).join('\n\n')
}
