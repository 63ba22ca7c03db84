import { compact } from '../../core/compact.js'
import { type JsonRecord } from '../../core/json.js'
import type { Connection, EmbedRequest } from '../../core/provider.js'
import { type EmbedAnswer, type EmbedLimits, readVector } from '../shared/embeddings.js'
import { arrayAt, numberAt } from '../shared/json.js'
import { contextSizeOf, keepAliveOf } from './request.js'

/** Ollama has no limits of its own; this is work of seconds, after which one may cancel. */
export const embedLimits: EmbedLimits = { inputs: 64, tokens: 100_000 }

/** The body of `POST /api/embed`. A text that is too long is an error: Ollama's own default cuts it without a word. */
export function toEmbedBody(
  { model, dimensions }: EmbedRequest,
  input: readonly string[],
  connection: Connection,
): JsonRecord {
  const size = contextSizeOf(connection)
  return compact({
    model: model.id,
    input,
    truncate: false,
    dimensions,
    keep_alive: keepAliveOf(connection),
    options: size === undefined ? undefined : { num_ctx: size },
  })
}

export function readEmbedAnswer(body: unknown): EmbedAnswer {
  return {
    embeddings: arrayAt(body, 'embeddings').flatMap((item) => {
      const vector = readVector(item)
      return vector === undefined ? [] : [vector]
    }),
    inputTokens: numberAt(body, 'prompt_eval_count'),
  }
}
