// A byte-level BPE tokenizer small enough to train at build time.

/** llama.cpp's numbers for kinds of tokens. */
export const tokenKinds = { normal: 1, unknown: 2, control: 3, unused: 5 }

/** Ids 0, 1 and 2; the last one ends an answer. */
export const controlTokens = ['<|endoftext|>', '<|im_start|>', '<|im_end|>']
export const endOfAnswer = 2

export const chatTemplate =
  "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n' }}" +
  "{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"

/** Splits text into words as the tokenizer named "gpt-2" does. */
const words = /'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+/gu

const byteAlphabet = createByteAlphabet()

/** Byte-level BPE names every byte by a printable character: itself where it is one, else one from U+0100 on. */
function createByteAlphabet() {
  const printable = (/** @type {number} */ byte) =>
    (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || byte >= 174
  let next = 256
  return Array.from({ length: 256 }, (_, byte) => String.fromCodePoint(printable(byte) ? byte : next++))
}

/**
 * A text as the vocabulary spells it.
 * @param {string} text
 */
export function spell(text) {
  return spelledBytes(text).join('')
}

/** @param {string} text */
function spelledBytes(text) {
  return [...Buffer.from(text, 'utf8')].map((byte) => byteAlphabet[byte] ?? '')
}

/**
 * The most frequent neighbours of a text, one merge after another, e.g. `t h`, `th e`.
 * @param {string} text
 * @param {number} limit
 */
export function trainMerges(text, limit) {
  /** @type {Map<string, number>} */
  const counts = new Map()
  for (const [word] of text.matchAll(words)) counts.set(word, (counts.get(word) ?? 0) + 1)
  const items = [...counts].map(([word, count]) => ({ symbols: spelledBytes(word), count }))
  /** @type {string[]} */
  const merges = []
  while (merges.length < limit) {
    const pair = mostFrequentPair(items)
    if (pair === undefined) break
    merges.push(pair)
    for (const item of items) item.symbols = mergePair(item.symbols, pair)
  }
  return merges
}

/** @param {readonly { symbols: string[], count: number }[]} items */
function mostFrequentPair(items) {
  /** @type {Map<string, number>} */
  const counts = new Map()
  for (const { symbols, count } of items) {
    for (let index = 1; index < symbols.length; index++) {
      const pair = `${symbols[index - 1]} ${symbols[index]}`
      counts.set(pair, (counts.get(pair) ?? 0) + count)
    }
  }
  let best
  let bestCount = 0
  for (const [pair, count] of counts) {
    if (count > bestCount || (count === bestCount && best !== undefined && pair < best))
      [best, bestCount] = [pair, count]
  }
  return best
}

/**
 * @param {string[]} symbols
 * @param {string} pair
 */
function mergePair(symbols, pair) {
  const merged = []
  for (let index = 0; index < symbols.length; index++) {
    const both = `${symbols[index]} ${symbols[index + 1]}`
    merged.push(both === pair ? both.replace(' ', '') : symbols[index])
    if (both === pair) index++
  }
  return merged.filter((symbol) => symbol !== undefined)
}

/**
 * The vocabulary: control tokens, all bytes, what merges make, and `extra`, padded to a multiple of 32.
 * @param {readonly string[]} merges
 * @param {readonly string[]} extra
 */
export function createVocabulary(merges, extra) {
  const made = merges.map((pair) => pair.replace(' ', ''))
  const tokens = [...new Set([...controlTokens, ...byteAlphabet, ...made, ...extra])]
  const kinds = tokens.map((_, id) => (id < controlTokens.length ? tokenKinds.control : tokenKinds.normal))
  while (tokens.length % 32 !== 0) {
    kinds.push(tokenKinds.unused)
    tokens.push(`<|unused${tokens.length}|>`)
  }
  return { tokens, kinds, ids: new Map(tokens.map((token, id) => [token, id])) }
}

/**
 * @param {ReturnType<typeof createVocabulary>} vocabulary
 * @param {readonly string[]} merges
 * @returns {import('./tiny-gguf-format.mjs').MetadataEntry[]}
 */
export function tokenizerMetadata({ tokens, kinds }, merges) {
  return [
    ['tokenizer.ggml.model', 'string', 'gpt2'],
    ['tokenizer.ggml.pre', 'string', 'gpt-2'],
    ['tokenizer.ggml.tokens', ['string'], tokens],
    ['tokenizer.ggml.token_type', ['i32'], kinds],
    ['tokenizer.ggml.merges', ['string'], merges],
    ['tokenizer.ggml.bos_token_id', 'u32', 0],
    ['tokenizer.ggml.eos_token_id', 'u32', endOfAnswer],
    ['tokenizer.ggml.padding_token_id', 'u32', 0],
    ['tokenizer.ggml.add_bos_token', 'bool', false],
    ['tokenizer.chat_template', 'string', chatTemplate],
  ]
}

/**
 * Cuts a text at spaces into chunks that are all different, so that each can have one follower.
 * @param {string} text
 * @param {Set<string>} used chunks of other texts
 */
export function cutIntoChunks(text, used) {
  const chunks = []
  let chunk = ''
  for (const [word] of text.matchAll(/\s*\S+|\s+$/g)) {
    chunk += word
    if (used.has(chunk)) continue
    used.add(chunk)
    chunks.push(chunk)
    chunk = ''
  }
  if (chunk === '') return chunks
  const last = (chunks.pop() ?? '') + chunk
  if (used.has(last)) throw new Error('the text cannot be cut into different chunks')
  used.add(last)
  return [...chunks, last]
}
