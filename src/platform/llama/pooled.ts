import { ModelError } from '../../core/errors.js'
import type { EngineEmbeddings, EngineRanking } from '../../core/ports.js'
import { type ModelKind, modelKind } from './inspect.js'
import type { OpenModel } from './modelStore.js'
import type { EmbedJob, RerankJob } from './protocol.js'

/** What models do that give one result for a whole text, instead of a text. */

/** Answers with vectors of length 1; throws ModelError, or the signal's reason between two inputs. */
export async function embed(open: OpenModel, job: EmbedJob, signal: AbortSignal): Promise<EngineEmbeddings> {
  expectKind(open, job.file, 'embedding')
  const limit = limitOf(open, job.contextSize)
  const needed = longest(job.inputs.map((input) => open.model.tokenize(input).length + frame))
  checkLength(needed, limit, job.file)
  const context = await open.embedding({ needed, limit, threads: job.threads, signal })
  const embeddings: (readonly number[])[] = []
  let inputTokens = 0
  for (const input of job.inputs) {
    signal.throwIfAborted()
    embeddings.push(normalize((await context.getEmbeddingFor(input)).vector))
    inputTokens += context.calculateInputLength(input)
  }
  return { embeddings, inputTokens }
}

/** Scores of all documents; throws ModelError, or the signal's reason between two documents. */
export async function rerank(open: OpenModel, job: RerankJob, signal: AbortSignal): Promise<EngineRanking> {
  expectKind(open, job.file, 'reranking')
  const { query, documents, threads } = job
  const limit = limitOf(open, job.contextSize)
  const asked = open.model.tokenize(query).length + 2 * frame
  const needed = longest(documents.map((document) => open.model.tokenize(document).length + asked))
  checkLength(needed, limit, job.file)
  const context = await open.ranking({ needed, limit, threads, signal })
  const scores: number[] = []
  let inputTokens = 0
  for (const document of documents) {
    signal.throwIfAborted()
    scores.push(await context.rank(query, document))
    inputTokens += context.calculateInputLength(query, document)
  }
  return { scores, inputTokens }
}

function normalize(vector: readonly number[]): readonly number[] {
  const length = Math.hypot(...vector)
  return length === 0 ? vector : vector.map((value) => value / length)
}

/** Tokens that stand around a text, and the place that llama.cpp keeps free. */
const frame = 3

function limitOf(open: OpenModel, contextSize: number | undefined): number {
  return Math.min(contextSize ?? open.model.trainContextSize, open.model.trainContextSize)
}

function longest(lengths: readonly number[]): number {
  return lengths.reduce((most, length) => Math.max(most, length), 0)
}

function checkLength(needed: number, limit: number, file: string): void {
  if (needed <= limit) return
  throw new ModelError({
    code: 'context-length',
    message: `A text has ${needed} tokens and the model ${file} takes ${limit} at once: cut it into shorter texts.`,
  })
}

const abilities: Readonly<Record<Exclude<ModelKind, 'chat'>, string>> = {
  embedding: 'gives no embeddings',
  reranking: 'ranks no documents',
}

function expectKind(open: OpenModel, file: string, kind: keyof typeof abilities): void {
  if (modelKind(open.model.fileInsights) === kind) return
  throw new ModelError({
    code: 'capability-unsupported',
    message: `The model ${file} ${abilities[kind]}: choose another model.`,
  })
}
