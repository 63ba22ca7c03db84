import type { ContentPart, Message, TextPart, ToolCallPart, ToolResultPart } from '../../core/chat.js'

/** Calls and results as text, for models that know no tools: every result has its call before it. */
export function tellTools(messages: readonly Message[]): readonly Message[] {
  const names = new Map<string, string>()
  return messages.map(({ role, content }): Message => {
    for (const part of content) if (part.type === 'toolCall') names.set(part.callId, part.name)
    return { role, content: content.flatMap((part) => tell(part, names)) }
  })
}

function tell(part: ContentPart, names: ReadonlyMap<string, string>): readonly ContentPart[] {
  if (part.type === 'toolCall') return [tellCall(part)]
  return part.type === 'toolResult' ? tellResult(part, names.get(part.callId) ?? part.callId) : [part]
}

/** Blank lines around it: pieces of a message are put together as they are. */
function tellCall({ name, input }: ToolCallPart): TextPart {
  return { type: 'text', text: `\n\nCalled the tool ${name} with ${JSON.stringify(input)}\n\n` }
}

/** Images stay images. */
function tellResult({ content, isError }: ToolResultPart, name: string): readonly ContentPart[] {
  const texts = content.flatMap((part) => (part.type === 'text' ? [part.text] : []))
  const verb = isError === true ? 'failed' : 'answered'
  const text = `The tool ${name} ${verb}:\n${texts.join('\n')}`
  return [{ type: 'text', text }, ...content.filter((part) => part.type === 'data')]
}
