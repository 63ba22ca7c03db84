import type { ToolCallPart } from '../../core/chat.js'
import { ModelError } from '../../core/errors.js'
import { isRecord, parseJson } from '../../core/json.js'
import type { ProviderChatRequest } from '../../core/provider.js'
import { redactName } from './redaction.js'
import { modelOf, nameOf, type Subject } from './subject.js'

/** Ids of calls that are taken, in the conversation or in the answer. */
export type TakenIds = Set<string | undefined>

/** All ids that calls of the conversation have, so that no call of its next answer has one of them. */
export function callIdsOf({ messages }: Pick<ProviderChatRequest, 'messages'>): TakenIds {
  return new Set(
    messages.flatMap(({ content }) => content.flatMap((part) => ('callId' in part ? [part.callId] : []))),
  )
}

/** The id that a server gave if it is free, else a new one; taken from now on. */
export function takeId(given: string | undefined, taken: TakenIds): string {
  if (given === undefined || given === '' || taken.has(given)) return nextId(taken)
  taken.add(given)
  return given
}

/** An id for a call that came without one, taken by no other. */
export function nextId(taken: TakenIds): string {
  let count = taken.size
  while (taken.has(`call_${count}`)) count++
  taken.add(`call_${count}`)
  return `call_${count}`
}

/** The input of a call from its JSON text. No text at all means no input. Throws ModelError `provider-error`. */
export function parseToolInput(subject: Subject, name: string, text: string): ToolCallPart['input'] {
  if (text.trim() === '') return {}
  const once = parseJson(text)
  // Some models encode the object twice.
  return asInput(subject, name, typeof once === 'string' ? parseJson(once) : once)
}

/** The input of a call from what a server put in its place: an object, its JSON text, or nothing. */
export function readToolInput(subject: Subject, name: string, value: unknown): ToolCallPart['input'] {
  if (value === undefined) return {}
  return typeof value === 'string' ? parseToolInput(subject, name, value) : asInput(subject, name, value)
}

function asInput(subject: Subject, name: string, value: unknown): ToolCallPart['input'] {
  if (value === null) return {}
  if (isRecord(value)) return value
  throw new ModelError({
    code: 'provider-error',
    message: `The model at ${nameOf(subject)} called the tool “${redactName(name, subject.secrets())}” with an input that is not a JSON object. Try again, or choose a model that is better with tools.`,
    provider: subject.provider,
    retryable: true,
    model: subject.model,
  })
}

/** The error of calls that a server has mixed up: none of them is run. */
export function unclearCalls(subject: Subject): ModelError {
  return new ModelError({
    code: 'provider-error',
    message: `The server of ${nameOf(subject)} sent tool calls of ${modelOf(subject)} that cannot be told apart, so none of them was run. This is a fault of the server: update it, or choose another model.`,
    provider: subject.provider,
    model: subject.model,
  })
}
