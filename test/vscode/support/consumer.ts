import assert from 'node:assert/strict'
import * as vscode from 'vscode'
import { isThinkingPart } from '../../../src/vscode/thinking.js'
import type { ConsumerApi, ConsumerRequest } from '../consumer/extension.js'

export async function openConsumer(): Promise<ConsumerApi> {
  const extension = vscode.extensions.getExtension<ConsumerApi>('roundhouse-test.consumer')
  assert.ok(extension !== undefined, 'the second extension is not there')
  return extension.activate()
}

/** What the second extension saw of an answer. */
export interface Answer {
  readonly parts: readonly unknown[]
  readonly text: string
  readonly thinking: string
  readonly toolCalls: readonly { readonly callId: string; readonly name: string; readonly input: unknown }[]
  /** Data parts by their MIME type, as text. */
  readonly data: ReadonlyMap<string, string>
  readonly error: Error | undefined
}

/** Sends a request as the second extension and reads the answer, to its end or its error. */
export async function request(modelId: string, asked: ConsumerRequest): Promise<Answer> {
  const consumer = await openConsumer()
  const parts: unknown[] = []
  let error: Error | undefined
  const onPart = (part: unknown): void => {
    parts.push(part)
    asked.onPart?.(part)
  }
  try {
    await consumer.request(modelId, { ...asked, onPart })
  } catch (thrown) {
    assert.ok(thrown instanceof Error, `not an Error: ${String(thrown)}`)
    error = thrown
  }
  return { ...summarise(parts), parts, error }
}

/** The same for one user message. */
export async function ask(
  modelId: string,
  text: string,
  more: Partial<ConsumerRequest> = {},
): Promise<Answer> {
  return request(modelId, { messages: [vscode.LanguageModelChatMessage.User(text)], ...more })
}

function summarise(parts: readonly unknown[]): Omit<Answer, 'parts' | 'error'> {
  const texts = parts.filter((part) => part instanceof vscode.LanguageModelTextPart)
  const thoughts = parts.filter(isThinkingPart)
  const calls = parts.filter((part) => part instanceof vscode.LanguageModelToolCallPart)
  const data = parts.filter((part) => part instanceof vscode.LanguageModelDataPart)
  return {
    text: texts.map(({ value }) => value).join(''),
    thinking: thoughts.map(({ value }) => (typeof value === 'string' ? value : value.join(''))).join(''),
    toolCalls: calls.map(({ callId, name, input }) => ({ callId, name, input })),
    data: new Map(data.map((part) => [part.mimeType, new TextDecoder().decode(part.data)])),
  }
}

/** One sentence or two for a user: no stack, no markup, an end. */
export function assertReadable(error: Error | undefined): asserts error is Error {
  assert.ok(error !== undefined, 'it did not fail')
  const { message, stack = '' } = error
  assert.match(message, /^.{10,500}[.?]$/, message)
  assert.doesNotMatch(message, /<[a-z!/]|\bat .*:\d+:\d+|\b[A-Z]\w*Error:/, message)
  assert.doesNotMatch(stack, /\n\s+at /, 'Chat would show the stack')
}
