// A tiny text encoder: BERT with random weights and mean pooling, so that equal words make similar vectors; or one with
// a head that scores a document by a query.
import { matrix, randomWeights } from './tiny-gguf-layers.mjs'
import { tokenKinds } from './tiny-gguf-tokenizer.mjs'
import { commonWords } from './tiny-gguf-words.mjs'

/** @typedef {import('./tiny-gguf-format.mjs').Tensor} Tensor */
/** @typedef {import('./tiny-gguf-format.mjs').MetadataEntry} MetadataEntry */
/** @typedef {import('./tiny-gguf-layers.mjs').Weights} Weights */

const width = 64
const feedForward = 4 * width
const layers = 2
const special = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]']
const characters = Array.from('abcdefghijklmnopqrstuvwxyz0123456789.,!?\'"-:;()')
/** llama.cpp marks the start of a word by this character. */
const wordStart = '\u2581'

/** GGUF's numbers for what becomes of the tokens' vectors. */
const pooling = { embedding: 1, reranking: 4 }

/**
 * @param {import('./tiny-gguf.d.mts').EmbeddingOptions | import('./tiny-gguf.d.mts').RerankingOptions} options
 * @returns {{ metadata: MetadataEntry[], tensors: Tensor[] }}
 */
export function encoderModel({ kind, seed = 7, context = 512 }) {
  const weights = randomWeights(seed)
  const vocabulary = createVocabulary()
  return {
    metadata: [
      ...shapeMetadata(context, vocabulary.tokens.length),
      ['bert.pooling_type', 'u32', pooling[kind]],
      ...tokenizerMetadata(vocabulary),
    ],
    tensors: [
      matrix(
        'token_embd.weight',
        [width, vocabulary.tokens.length],
        weights(width * vocabulary.tokens.length, 1),
      ),
      plain('token_types.weight', [width, 2], weights(width * 2, 0.05)),
      plain('position_embd.weight', [width, context], weights(width * context, 0.05)),
      ...norm('token_embd_norm'),
      ...Array.from({ length: layers }, (_, layer) => layerTensors(layer, weights)).flat(),
      ...(kind === 'reranking' ? headTensors(weights) : []),
    ],
  }
}

/** One score for a whole text. @param {Weights} weights @returns {Tensor[]} */
function headTensors(weights) {
  return [
    plain('cls.weight', [width, width], weights(width * width, 1 / Math.sqrt(width))),
    plain('cls.bias', [width], new Float32Array(width)),
    plain('cls.output.weight', [width, 1], weights(width, 1 / Math.sqrt(width))),
    plain('cls.output.bias', [1], new Float32Array(1)),
  ]
}

function createVocabulary() {
  const words = [...new Set(commonWords.toLowerCase().match(/[a-z]{2,}/g))]
  const starts = [...characters, ...words].map((text) => wordStart + text)
  const tokens = [...new Set([...special, ...starts, ...characters])]
  const kinds = tokens.map((token) => (token === '[UNK]' ? tokenKinds.unknown : tokenKinds.normal))
  special.forEach((token, id) => (kinds[id] = token === '[UNK]' ? tokenKinds.unknown : tokenKinds.control))
  return { tokens, kinds }
}

/**
 * @param {number} context
 * @param {number} vocabulary
 * @returns {MetadataEntry[]}
 */
function shapeMetadata(context, vocabulary) {
  return [
    ['general.architecture', 'string', 'bert'],
    ['bert.vocab_size', 'u32', vocabulary],
    ['bert.context_length', 'u32', context],
    ['bert.embedding_length', 'u32', width],
    ['bert.block_count', 'u32', layers],
    ['bert.feed_forward_length', 'u32', feedForward],
    ['bert.attention.head_count', 'u32', 4],
    ['bert.attention.layer_norm_epsilon', 'f32', 1e-12],
    ['bert.attention.causal', 'bool', false],
  ]
}

/**
 * @param {{ tokens: string[], kinds: number[] }} vocabulary
 * @returns {MetadataEntry[]}
 */
function tokenizerMetadata({ tokens, kinds }) {
  const id = (/** @type {string} */ token) => special.indexOf(token)
  return [
    ['tokenizer.ggml.model', 'string', 'bert'],
    ['tokenizer.ggml.pre', 'string', 'jina-v2-en'],
    ['tokenizer.ggml.tokens', ['string'], tokens],
    ['tokenizer.ggml.token_type', ['i32'], kinds],
    ['tokenizer.ggml.token_type_count', 'u32', 2],
    ['tokenizer.ggml.unknown_token_id', 'u32', id('[UNK]')],
    // The key is misspelt in the format itself.
    ['tokenizer.ggml.seperator_token_id', 'u32', id('[SEP]')],
    ['tokenizer.ggml.padding_token_id', 'u32', id('[PAD]')],
    ['tokenizer.ggml.cls_token_id', 'u32', id('[CLS]')],
    ['tokenizer.ggml.mask_token_id', 'u32', id('[MASK]')],
    ['tokenizer.ggml.bos_token_id', 'u32', id('[CLS]')],
  ]
}

/**
 * @param {number} layer
 * @param {import('./tiny-gguf-layers.mjs').Weights} weights
 */
function layerTensors(layer, weights) {
  /** @type {readonly (readonly [name: string, from: number, to: number])[]} */
  const matrices = [
    ['attn_q', width, width],
    ['attn_k', width, width],
    ['attn_v', width, width],
    ['attn_output', width, width],
    ['ffn_up', width, feedForward],
    ['ffn_down', feedForward, width],
  ]
  return [
    ...matrices.flatMap(([name, from, to]) => [
      matrix(`blk.${layer}.${name}.weight`, [from, to], weights(from * to, 0.3 / Math.sqrt(from))),
      plain(`blk.${layer}.${name}.bias`, [to], new Float32Array(to)),
    ]),
    ...norm(`blk.${layer}.attn_output_norm`),
    ...norm(`blk.${layer}.layer_output_norm`),
  ]
}

/** @param {string} name */
function norm(name) {
  return [
    plain(`${name}.weight`, [width], new Float32Array(width).fill(1)),
    plain(`${name}.bias`, [width], new Float32Array(width)),
  ]
}

/**
 * @param {string} name
 * @param {readonly number[]} dims
 * @param {Float32Array} data
 * @returns {Tensor}
 */
function plain(name, dims, data) {
  return { name, dims, data, type: 'f32' }
}
