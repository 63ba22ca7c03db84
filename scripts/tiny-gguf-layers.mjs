// The transformer blocks around a tiny model's vocabulary.

/** @typedef {import('./tiny-gguf-format.mjs').Tensor} Tensor */
/** @typedef {import('./tiny-gguf-format.mjs').MetadataEntry} MetadataEntry */
/**
 * `window`: tokens that attention looks back; absent for all of them.
 * @typedef {{ context: number, embedding: number, layers: number, heads: number, headSize: number, feedForward: number, window?: number | undefined }} Shape
 */
/** @typedef {(length: number, deviation: number) => Float32Array} Weights */

/** @type {Weights} */
export const zeroWeights = (length) => new Float32Array(length)

/**
 * Normally distributed weights, the same for the same seed on every platform.
 * @param {number} seed
 * @returns {Weights}
 */
export function randomWeights(seed) {
  let state = seed >>> 0
  const uniform = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return (state + 0.5) / 2 ** 32
  }
  const normal = () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform())
  return (length, deviation) => Float32Array.from({ length }, () => normal() * deviation)
}

/** @param {Shape} shape */
export function architectureOf(shape) {
  // In llama every layer sees the whole context; the first five layers of gemma3 see a window only.
  return shape.window === undefined ? 'llama' : 'gemma3'
}

/**
 * @param {Shape} shape
 * @param {number} vocabulary
 * @returns {MetadataEntry[]}
 */
export function shapeMetadata(shape, vocabulary) {
  const name = architectureOf(shape)
  return [
    [`${name}.vocab_size`, 'u32', vocabulary],
    [`${name}.context_length`, 'u32', shape.context],
    [`${name}.embedding_length`, 'u32', shape.embedding],
    [`${name}.block_count`, 'u32', shape.layers],
    [`${name}.feed_forward_length`, 'u32', shape.feedForward],
    [`${name}.attention.head_count`, 'u32', shape.heads],
    [`${name}.attention.head_count_kv`, 'u32', 1],
    [`${name}.attention.key_length`, 'u32', shape.headSize],
    [`${name}.attention.value_length`, 'u32', shape.headSize],
    [`${name}.attention.layer_norm_rms_epsilon`, 'f32', 1e-5],
    [`${name}.rope.dimension_count`, 'u32', shape.headSize],
    [`${name}.rope.freq_base`, 'f32', 10_000],
    ...windowMetadata(shape),
  ]
}

/**
 * @param {Shape} shape
 * @returns {MetadataEntry[]}
 */
function windowMetadata(shape) {
  return shape.window === undefined
    ? []
    : [[`${architectureOf(shape)}.attention.sliding_window`, 'u32', shape.window]]
}

/**
 * @param {Shape} shape
 * @param {Weights} weights
 * @returns {Tensor[]}
 */
export function layerTensors(shape, weights) {
  const { embedding, headSize, heads, feedForward } = shape
  const query = heads * headSize
  /** @type {readonly (readonly [name: string, from: number, to: number])[]} */
  const matrices = [
    ['attn_q', embedding, query],
    ['attn_k', embedding, headSize],
    ['attn_v', embedding, headSize],
    ['attn_output', query, embedding],
    ['ffn_gate', embedding, feedForward],
    ['ffn_up', embedding, feedForward],
    ['ffn_down', feedForward, embedding],
  ]
  /** @type {readonly (readonly [name: string, length: number])[]} */
  const norms = [
    ['attn_norm', embedding],
    ['ffn_norm', embedding],
    ...(shape.window === undefined ? [] : gemmaNorms(shape)),
  ]
  return Array.from({ length: shape.layers }, (_, layer) => [
    ...norms.map(([name, length]) => norm(`blk.${layer}.${name}.weight`, length)),
    ...matrices.map(([name, from, to]) =>
      matrix(`blk.${layer}.${name}.weight`, [from, to], weights(from * to, 1 / Math.sqrt(from))),
    ),
  ]).flat()
}

/**
 * @param {Shape} shape
 * @returns {(readonly [name: string, length: number])[]}
 */
function gemmaNorms({ embedding, headSize }) {
  return [
    ['post_attention_norm', embedding],
    ['post_ffw_norm', embedding],
    ['attn_q_norm', headSize],
    ['attn_k_norm', headSize],
  ]
}

/**
 * @param {string} name
 * @param {number} length
 * @returns {Tensor}
 */
export function norm(name, length) {
  return { name, dims: [length], data: new Float32Array(length).fill(1), type: 'f32' }
}

/**
 * @param {string} name
 * @param {readonly [from: number, to: number]} dims
 * @param {Float32Array} data
 * @returns {Tensor}
 */
export function matrix(name, dims, data) {
  return { name, dims, data, type: 'q8_0' }
}
