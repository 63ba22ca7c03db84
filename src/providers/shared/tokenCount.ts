import { unexpectedAnswer } from './networkError.js'
import type { Subject } from './subject.js'

/** Throws ModelError where a server's answer has no count. */
export function countOf(value: unknown, subject: Subject): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0) return value
  throw unexpectedAnswer(subject, 'something that is not a count of tokens')
}
