import type { ContentPart, Message, ToolCallPart, ToolResultPart } from '../../core/chat.js'
import type { Capabilities } from '../../core/model.js'
import { nextId } from './toolCalls.js'
import { tellTools } from './toolsInWords.js'

/**
 * A conversation as every wire takes it: the system's text apart; user and assistant in turns, none of them empty;
 * every tool call with an id of its own, answered by exactly one result at the beginning of the next user message.
 */
export interface PreparedConversation {
  readonly system: string
  readonly messages: readonly Message[]
}

/**
 * Of the model. Without `systemRole` the system’s text opens the first user message; without `toolCalling` calls and their
 * results are told in words, since templates of such models leave them out, or fail.
 */
export type PrepareOptions = Pick<Capabilities, 'systemRole' | 'toolCalling'>

const unanswered = 'The tool gave no result: the call was interrupted.'

export function prepareConversation(
  messages: readonly Message[],
  options: PrepareOptions,
): PreparedConversation {
  const system = messages
    .filter((message) => message.role === 'system')
    .flatMap((message) => message.content.flatMap((part) => (part.type === 'text' ? [part.text] : [])))
    .filter((text) => text !== '')
    .join('\n\n')
  const paired = pairCalls(messages.filter((message) => message.role !== 'system'))
  const turns = mergeTurns(options.toolCalling === false ? tellTools(paired) : paired)
  if (options.systemRole !== false || system === '') return { system, messages: turns }
  return { system: '', messages: foldSystem(system, turns) }
}

function foldSystem(system: string, turns: readonly Message[]): readonly Message[] {
  const text: ContentPart = { type: 'text', text: system }
  const [first, ...rest] = turns
  if (first?.role !== 'user') return [{ role: 'user', content: [text] }, ...turns]
  return [{ role: 'user', content: [text, ...first.content] }, ...rest]
}

interface Call {
  readonly original: string
  readonly part: ToolCallPart
  result: ToolResultPart | undefined
}

interface Turn {
  readonly role: 'user' | 'assistant'
  readonly content: readonly ContentPart[]
  readonly calls: readonly Call[]
}

/** Puts every result right behind its call. Results of no call are dropped, calls without a result get one. */
function pairCalls(messages: readonly Message[]): readonly Message[] {
  const taken = new Set<string | undefined>()
  const turns: Turn[] = []
  for (const message of messages) {
    if (message.role === 'assistant') {
      turns.push(openTurn(message, taken))
      continue
    }
    const content = message.content.filter((part) => part.type === 'text' || part.type === 'data')
    for (const part of message.content) if (part.type === 'toolResult') answer(turns, part)
    turns.push({ role: 'user', content, calls: [] })
  }
  return turns.flatMap(({ role, content, calls }): Message[] => {
    const results = calls.map(({ part, result }) => ({ ...(result ?? noResult), callId: part.callId }))
    return [
      { role, content },
      { role: 'user', content: results },
    ]
  })
}

const noResult: ToolResultPart = {
  type: 'toolResult',
  callId: '',
  content: [{ type: 'text', text: unanswered }],
  isError: true,
}

function openTurn(message: Message, taken: Set<string | undefined>): Turn {
  const calls: Call[] = []
  const content: ContentPart[] = []
  for (const part of message.content) {
    if (part.type === 'toolResult') continue
    if (part.type !== 'toolCall') {
      content.push(part)
      continue
    }
    const isFree = part.callId !== '' && !taken.has(part.callId)
    const unique = isFree ? part : { ...part, callId: nextId(taken) }
    taken.add(unique.callId)
    calls.push({ original: part.callId, part: unique, result: undefined })
    content.push(unique)
  }
  return { role: 'assistant', content, calls }
}

/** The newest turn first: models that number their calls anew in every turn repeat ids. */
function answer(turns: readonly Turn[], result: ToolResultPart): void {
  for (const turn of turns.toReversed()) {
    const call = turn.calls.find((each) => each.original === result.callId && each.result === undefined)
    if (call !== undefined) {
      call.result = result
      return
    }
  }
}

/** Joins neighbours of one role; leaves out what is empty. */
function mergeTurns(messages: readonly Message[]): readonly Message[] {
  const merged: Message[] = []
  for (const message of messages) {
    const content = message.content.filter((part) => part.type !== 'text' || part.text !== '')
    if (content.length === 0) continue
    const last = merged.at(-1)
    if (last?.role === message.role)
      merged[merged.length - 1] = { ...last, content: [...last.content, ...content] }
    else merged.push({ ...message, content })
  }
  return merged
}
