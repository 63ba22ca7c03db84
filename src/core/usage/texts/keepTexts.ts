import { answersText, type ChatRequest, type Middleware, type ResponsePart } from '../../chat.js'
import { isModelError } from '../../errors.js'
import type { Clock, Log } from '../../ports.js'
import { createWrittenText } from '../writtenText.js'
import type { TextStore } from './textStore.js'
import { writeToolCall, writeTranscript } from './transcript.js'

export interface KeepTextsOptions {
  /** Whether the user wants it; off unless told otherwise. */
  readonly isOn: () => boolean
  readonly store: Pick<TextStore, 'write'>
  /** Removes secrets from texts. */
  readonly redact: (text: string) => string
  readonly clock: Pick<Clock, 'now'>
  readonly log: Pick<Log, 'warn'>
}

/** Characters that are kept of a prompt, and of an answer: the end of the one, the beginning of the other. */
export const longestText = 65_536

/** What was written of the answer, tools that it calls included. */
function createAnswer() {
  const written = createWrittenText()
  return {
    see(part: ResponsePart): void {
      if (part.type === 'text') written.add(part.text)
      else if (part.type === 'toolCall') written.add(`\n${writeToolCall(part.name, part.input)}\n`)
    },
    whole: () => written.whole(),
  }
}

interface Kept {
  readonly request: ChatRequest
  readonly at: number
  readonly answer: string
}

/** Cleaned before it is cut: half a secret would not be known for one. */
function keep({ store, redact, log }: KeepTextsOptions, { request, at, answer }: Kept): void {
  if (request.attempt === undefined) return
  const { requestId, number } = request.attempt
  const [asked, answered] = [redact(writeTranscript(request.messages)), redact(answer)]
  const isCut = asked.length > longestText || answered.length > longestText
  try {
    store.write({
      requestId,
      number,
      at,
      prompt: asked.slice(-longestText),
      answer: answered.slice(0, longestText),
      isCut,
    })
  } catch (error) {
    log.warn(`A text could not be kept. ${isModelError(error) ? error.message : 'The database failed.'}`)
  }
}

/** Keeps what is asked and answered, beside the ledger, while the user wants that; otherwise it is not there at all. */
export function keepTexts(options: KeepTextsOptions): Middleware {
  return (next) => (asked, signal) => {
    const parts = next(asked, signal)
    return options.isOn() && answersText(asked) ? follow(options, asked, parts) : parts
  }
}

async function* follow(
  options: KeepTextsOptions,
  request: ChatRequest,
  parts: AsyncIterable<ResponsePart>,
): AsyncGenerator<ResponsePart> {
  const at = options.clock.now()
  const answer = createAnswer()
  try {
    for await (const part of parts) {
      answer.see(part)
      yield part
    }
  } finally {
    // Whoever turns it off in the middle of an answer does not want that one either.
    if (options.isOn()) keep(options, { request, at, answer: answer.whole() })
  }
}
