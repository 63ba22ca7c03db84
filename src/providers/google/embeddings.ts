import { compact } from '../../core/compact.js'
import { isRecord, type JsonRecord } from '../../core/json.js'
import type { EmbedRequest } from '../../core/provider.js'
import { type EmbedAnswer, type EmbedLimits, readVector } from '../shared/embeddings.js'
import { arrayAt, numberAt, recordAt } from '../shared/json.js'

/** A hundred is Google's own limit. */
export const embedLimits: EmbedLimits = { inputs: 100, tokens: 100_000 }

/** The body of `POST /models/{model}:batchEmbedContents`; `path` is the model's own. */
export function toEmbedBody(
  { dimensions }: EmbedRequest,
  inputs: readonly string[],
  path: string,
): JsonRecord {
  return {
    requests: inputs.map((text) =>
      compact({ model: path, content: { parts: [{ text }] }, outputDimensionality: dimensions }),
    ),
  }
}

export function readEmbeddings(body: unknown): EmbedAnswer {
  return {
    embeddings: arrayAt(body, 'embeddings').flatMap((entry) => {
      const vector = readVector(isRecord(entry) ? entry['values'] : undefined)
      return vector === undefined ? [] : [vector]
    }),
    inputTokens: numberAt(recordAt(body, 'usageMetadata'), 'promptTokenCount'),
  }
}
