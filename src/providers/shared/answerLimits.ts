import type { ResponsePart } from '../../core/chat.js'
import { ModelError } from '../../core/errors.js'
import { type Named, nameOf } from './subject.js'

/** What one answer may hold: far more than any model writes, and little enough for the memory. */
export const answerLimits = {
  /** Characters of text, and as many of reasoning. */
  text: 8_000_000,
  /** Characters of what has to go back with the next request; of some models, it repeats their reasoning. */
  state: 20_000_000,
  /** Characters of one call's arguments. */
  input: 1_000_000,
  calls: 256,
} as const

const units = {
  text: 'characters of text',
  reasoning: 'characters of reasoning',
  state: 'characters of state for the next request',
  input: 'characters of arguments for one tool call',
  calls: 'tool calls',
} as const

type Limited = keyof typeof units

/** The error of an answer that goes on beyond what is read of one. */
export function beyondLimit(subject: Named, what: Limited): ModelError {
  const limit = what === 'reasoning' ? answerLimits.text : answerLimits[what]
  return new ModelError({
    code: 'provider-error',
    message: `${nameOf(subject)} sent more than ${limit.toLocaleString('en-US')} ${units[what]} in one answer, and the rest is not read. Ask for a shorter answer, or choose another model.`,
    provider: subject.provider,
    model: subject.model,
  })
}

export interface AnswerMeter {
  /** Throws ModelError `provider-error` where the part is beyond what one answer may hold. */
  add(part: ResponsePart): void
  /** Characters that the model wrote so far. */
  written(): number
}

/** Measures an answer, whatever provider it comes from. */
export function createAnswerMeter(subject: Named): AnswerMeter {
  let text = 0
  let reasoning = 0
  let state = 0
  let inputs = 0
  let calls = 0
  return {
    add(part) {
      if (part.type === 'text') text += part.text.length
      else if (part.type === 'reasoning') {
        reasoning += part.text.length
        if (part.state !== undefined) state += JSON.stringify(part.state).length
      } else if (part.type === 'toolCall') {
        const length = JSON.stringify(part.input).length
        calls += 1
        inputs += part.name.length + length
        if (length > answerLimits.input) throw beyondLimit(subject, 'input')
      }
      if (text > answerLimits.text) throw beyondLimit(subject, 'text')
      if (reasoning > answerLimits.text) throw beyondLimit(subject, 'reasoning')
      if (state > answerLimits.state) throw beyondLimit(subject, 'state')
      if (calls > answerLimits.calls) throw beyondLimit(subject, 'calls')
    },
    written: () => text + reasoning + inputs,
  }
}

/** A text that grows with an answer. Throws ModelError `provider-error` where it is longer than it may be. */
export function grow(text: string, piece: string, subject: Named, what: 'input' | 'reasoning'): string {
  const limit = what === 'input' ? answerLimits.input : answerLimits.text
  if (text.length + piece.length > limit) throw beyondLimit(subject, what)
  return text + piece
}
