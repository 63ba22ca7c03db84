// Tiny chat models: one that says a chosen text, one with random weights.
import {
  architectureOf,
  layerTensors,
  matrix,
  norm,
  randomWeights,
  shapeMetadata,
  zeroWeights,
} from './tiny-gguf-layers.mjs'
import {
  createVocabulary,
  cutIntoChunks,
  endOfAnswer,
  spell,
  tokenizerMetadata,
  trainMerges,
} from './tiny-gguf-tokenizer.mjs'
import { commonWords } from './tiny-gguf-words.mjs'

/** @typedef {import('./tiny-gguf-layers.mjs').Shape} Shape */
/** @typedef {import('./tiny-gguf-layers.mjs').Weights} Weights */
/** @typedef {import('./tiny-gguf-format.mjs').Tensor} Tensor */
/** @typedef {import('./tiny-gguf-format.mjs').MetadataEntry} MetadataEntry */
/** @typedef {{ metadata: MetadataEntry[], tensors: Tensor[] }} Model */
/** `after`: the prompt's last token that leads to it; none for the usual reply. */
/** @typedef {{ after?: string, chunks: readonly string[] }} Chain */

const headSize = 32
const mergeCount = 1000
const defaultContext = 4096
/** Logits of the token that follows and of all others: the follower's probability is above 0.9999. */
const likely = 14
const unlikely = -2

/**
 * A table of which token follows which, as a transformer: each token of the reply has a dimension of its own, all other
 * tokens share dimension 0; the blocks add nothing; the output matrix maps a dimension to the token that follows.
 * @param {import('./tiny-gguf.d.mts').ScriptOptions} options
 * @returns {Model}
 */
export function scriptModel(options) {
  const chains = chainsOf(options)
  const spoken = chains.flatMap(({ after, chunks }) => [...(after === undefined ? [] : [after]), ...chunks])
  // No merge leads to a chunk, so the tokenizer never makes one of a prompt: only the model says it.
  const merges = trainMerges(commonWords, mergeCount)
  const vocabulary = createVocabulary(merges, spoken.map(spell))
  const id = (/** @type {string} */ token) => vocabulary.ids.get(spell(token)) ?? endOfAnswer
  const dimensions = new Map([...new Set(spoken.map(id))].map((token, index) => [token, index + 1]))
  const followers = followersOf(chains, { id, loop: options.loop === true })
  const shape = {
    context: options.context ?? defaultContext,
    embedding: roundUp(dimensions.size + 1, 32),
    layers: 1,
    heads: 1,
    headSize,
    feedForward: headSize,
    window: options.window,
  }
  const size = vocabulary.tokens.length
  const embedding = new Float32Array(size * shape.embedding)
  const output = new Float32Array(size * shape.embedding).fill(unlikely / Math.sqrt(shape.embedding))
  for (let token = 0; token < size; token++)
    embedding[token * shape.embedding + (dimensions.get(token) ?? 0)] = 1
  for (const [token, follower] of followers) {
    const dimension = token === undefined ? 0 : (dimensions.get(token) ?? 0)
    output[follower * shape.embedding + dimension] = likely / Math.sqrt(shape.embedding)
  }
  return assemble({ shape, vocabulary, merges, embedding, output, weights: zeroWeights })
}

/** @param {import('./tiny-gguf.d.mts').ScriptOptions} options */
function chainsOf({ reply, on }) {
  /** @type {Set<string>} */
  const used = new Set()
  const cut = (/** @type {string | readonly string[]} */ text) =>
    typeof text === 'string' ? cutIntoChunks(text, used) : text
  /** @type {Chain[]} */
  const chains = [{ chunks: cut(reply) }]
  for (const [after, text] of Object.entries(on ?? {})) chains.push({ after, chunks: cut(text) })
  return chains
}

/**
 * Pairs of a token (undefined: any other token) and the one that follows it.
 * @param {readonly Chain[]} chains
 * @param {{ id: (token: string) => number, loop: boolean }} options
 */
function followersOf(chains, { id, loop }) {
  return chains.flatMap(({ after, chunks }) => {
    const tokens = chunks.map(id)
    const first = tokens[0] ?? endOfAnswer
    /** @type {[number | undefined, number][]} */
    const start = [[after === undefined ? undefined : id(after), first]]
    /** @type {[number | undefined, number][]} */
    const rest = tokens.map((token, index) => [token, tokens[index + 1] ?? (loop ? first : endOfAnswer)])
    return [...start, ...rest]
  })
}

/**
 * @param {import('./tiny-gguf.d.mts').RandomOptions} options
 * @returns {Model}
 */
export function randomModel({ seed = 42, layers = 2, embedding: width = 256, context = defaultContext }) {
  const weights = randomWeights(seed)
  const merges = trainMerges(commonWords, mergeCount)
  const vocabulary = createVocabulary(merges, [])
  const shape = {
    context,
    embedding: width,
    layers,
    heads: width / headSize,
    headSize,
    feedForward: width * 2,
  }
  const size = vocabulary.tokens.length * width
  const embedding = weights(size, 0.05)
  const output = weights(size, 1 / Math.sqrt(width))
  return assemble({ shape, vocabulary, merges, embedding, output, weights })
}

/**
 * @param {{ shape: Shape, vocabulary: ReturnType<typeof createVocabulary>, merges: string[], embedding: Float32Array, output: Float32Array, weights: Weights }} parts
 * @returns {Model}
 */
function assemble({ shape, vocabulary, merges, embedding, output, weights }) {
  const size = vocabulary.tokens.length
  return {
    metadata: [
      ['general.architecture', 'string', architectureOf(shape)],
      ...shapeMetadata(shape, size),
      ...tokenizerMetadata(vocabulary, merges),
    ],
    tensors: [
      matrix('token_embd.weight', [shape.embedding, size], embedding),
      norm('output_norm.weight', shape.embedding),
      matrix('output.weight', [shape.embedding, size], output),
      ...layerTensors(shape, weights),
    ],
  }
}

/**
 * @param {number} value
 * @param {number} step
 */
function roundUp(value, step) {
  return Math.ceil(value / step) * step
}
