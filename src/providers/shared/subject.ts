import { formatModelRef, type ModelRef } from '../../core/model.js'

/** Whom a request talks to, as errors name it, and what must never show in them. */
export interface Subject {
  /** The provider's id. */
  readonly provider: string
  readonly providerName: string
  readonly connection: string
  /** Host and port of the connection's origin. */
  readonly host: string
  readonly location: 'cloud' | 'local'
  readonly model?: ModelRef
  /** Keys and secret header values, cut out of every message. */
  secrets(): readonly string[]
}

/** As much of it as its name takes. */
export type Named = Pick<Subject, 'provider' | 'providerName' | 'connection' | 'model'>

/** "OpenAI (work)", or the provider's name alone where the connection has the same. */
export function nameOf(subject: Named): string {
  return subject.connection === subject.providerName
    ? subject.providerName
    : `${subject.providerName} (${subject.connection})`
}

export function modelOf(subject: Subject): string {
  return subject.model === undefined ? 'the model' : `the model ${formatModelRef(subject.model)}`
}
