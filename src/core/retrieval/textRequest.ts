import type { Caller, ChatRequest, Operation } from '../chat.js'
import type { ModelRef } from '../model.js'

export interface TextRequest {
  readonly model: ModelRef
  readonly operation: Exclude<Operation, 'chat'>
  readonly texts: readonly string[]
  readonly caller: Caller
}

/** Texts to embed or to rank, as limits, budgets and the ledger look at a request. */
export function toTextRequest({ model, operation, texts, caller }: TextRequest): ChatRequest {
  return {
    model: { connection: model.connection, id: model.id },
    operation,
    messages: [{ role: 'user', content: texts.map((text) => ({ type: 'text', text })) }],
    caller,
  }
}
