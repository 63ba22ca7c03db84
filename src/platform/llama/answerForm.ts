import type { Llama, LlamaGrammar } from 'node-llama-cpp'
import type { ResponseFormat, ResponsePart } from '../../core/chat.js'
import { dropNulls, hasOptional, toGrammarSchema } from './toolSchema.js'

/** Keeps an answer to the form that was asked for. */
export interface AnswerForm {
  readonly grammar: LlamaGrammar
  /** Takes the answer's text as it comes. */
  text(text: string, add: (part: ResponsePart) => void): void
  /** The text has ended. */
  end(add: (part: ResponsePart) => void): void
}

/** Undefined where the answer is free. */
export async function createAnswerForm(
  llama: Llama,
  format: ResponseFormat | undefined,
): Promise<AnswerForm | undefined> {
  if (format === undefined || format.type === 'text') return undefined
  if (format.type === 'json') {
    return passOn(await llama.createGrammarForJsonSchema({ type: 'object', additionalProperties: true }))
  }
  const { schema } = format
  const grammar = await llama.createGrammarForJsonSchema({ oneOf: [toGrammarSchema(schema)] })
  return hasOptional(schema) ? holdBack(grammar, schema) : passOn(grammar)
}

function passOn(grammar: LlamaGrammar): AnswerForm {
  return { grammar, text: (text, add) => add({ type: 'text', text }), end: () => undefined }
}

/** The grammar has nulls written for optional properties; they can be taken out only of the whole. */
function holdBack(grammar: LlamaGrammar, schema: Readonly<Record<string, unknown>>): AnswerForm {
  let held = ''
  return {
    grammar,
    text: (text) => void (held += text),
    end(add) {
      if (held !== '') add({ type: 'text', text: withoutNulls(held, schema) })
    },
  }
}

/** What was cut off by its limit stays as it is. */
function withoutNulls(text: string, schema: Readonly<Record<string, unknown>>): string {
  try {
    return JSON.stringify(dropNulls(JSON.parse(text), schema))
  } catch {
    return text
  }
}
