import { type ErrorCode, ModelError } from '../../core/errors.js'
import type { ErrorRule } from '../shared/errorRules.js'
import type { Subject } from '../shared/subject.js'

/** By Ollama's words: its errors are a sentence and, inside a stream, not even a status. */
export const errorRules: readonly ErrorRule[] = [
  {
    message: /exceeds? the context length|context length exceeded|prompt is too long/i,
    code: 'context-length',
  },
  {
    message: /does not support (chat|generate|tools|thinking|vision|images)/i,
    code: 'capability-unsupported',
  },
  { message: /requires more system memory|out of memory|cudaMalloc failed/i, code: 'engine-failed' },
  { message: /model .* not found|try pulling it/i, code: 'not-found' },
  { message: /server busy|maximum pending requests/i, code: 'overloaded', retryable: true },
  { message: /^unauthorized$/i, code: 'unauthorized' },
  { message: /upgrade (your plan|for access)|requires a subscription/i, code: 'forbidden' },
  { message: /(usage|rate) limit/i, code: 'rate-limited', retryable: true },
  { message: /runner process has terminated|model failed to load/i, code: 'provider-error', retryable: true },
]

interface Advice {
  readonly code: ErrorCode
  /** What the message must say for the advice to fit. */
  readonly says?: RegExp
  readonly message: (subject: Subject, said: string) => string
}

function modelIdOf(subject: Subject): string {
  return subject.model?.id ?? 'the model'
}

/** Where Ollama's user can do something that no other provider's can. */
const advices: readonly Advice[] = [
  {
    code: 'unreachable',
    says: /^Nothing is listening/,
    message: ({ host }) =>
      `Ollama does not answer at ${host}. Start it with “ollama serve” (or its app), or check the base URL.`,
  },
  {
    code: 'not-found',
    says: /model .* not found|try pulling/i,
    message: (subject) =>
      `Ollama at ${subject.host} has no model ${modelIdOf(subject)}. Get it with “ollama pull ${modelIdOf(subject)}”, or refresh the models.`,
  },
  {
    code: 'context-length',
    message: (subject) =>
      `The request is longer than the context that Ollama gives ${modelIdOf(subject)}. Raise the connection’s context size (num_ctx), or shorten the conversation.`,
  },
  {
    code: 'engine-failed',
    message: (subject, said) =>
      `${said} Choose a smaller model than ${modelIdOf(subject)}, or lower the connection’s context size (num_ctx).`,
  },
  {
    code: 'unauthorized',
    // Its own word; whoever stands before it and wants a key says it otherwise.
    says: /: unauthorized\./,
    message: ({ host }) =>
      /(^|\.)ollama\.com(:|$)/.test(host)
        ? `Ollama at ${host} did not accept the key. Enter the key of this connection again.`
        : 'This model runs in Ollama’s cloud, and Ollama is not signed in. Run “ollama signin”, then try again.',
  },
]

/** The same error, with the step that helps with Ollama. */
export function advise(error: ModelError, subject: Subject): ModelError {
  const advice = advices.find(
    ({ code, says }) => code === error.code && (says === undefined || says.test(error.message)),
  )
  if (advice === undefined) return error
  const { code, provider, model, status, retryable, retryAfterMs, requestId } = error
  const said = advice.message(subject, error.message.replace(/ Try again\.$/, ''))
  const { cause } = error
  return new ModelError({
    code,
    message: said,
    provider,
    model,
    status,
    retryable,
    retryAfterMs,
    requestId,
    cause,
  })
}
