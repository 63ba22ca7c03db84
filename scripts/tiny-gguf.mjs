// Writes tiny but real GGUF models: deterministic, without any dependency or download.
//   script     says a chosen text and ends; every forward pass is a genuine one
//   random     seeded random weights: gibberish, for measuring
//   embedding  a BERT encoder with mean pooling
//   reranking  a BERT encoder that scores documents
// node scripts/tiny-gguf.mjs --out m.gguf [--kind script] [--reply text] [--loop] [--window n] [--context n]
import { writeFile } from 'node:fs/promises'
import { argv } from 'node:process'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { randomModel, scriptModel } from './tiny-gguf-chat.mjs'
import { encoderModel } from './tiny-gguf-embedding.mjs'
import { encodeGguf, tensorTypes } from './tiny-gguf-format.mjs'

/** @typedef {import('./tiny-gguf.d.mts').TinyGgufOptions} TinyGgufOptions */
/** @typedef {import('./tiny-gguf-format.mjs').MetadataEntry} MetadataEntry */

/**
 * The bytes of a model file.
 * @param {TinyGgufOptions} options
 */
export function makeTinyGguf(options) {
  const { metadata, tensors } = modelOf(options)
  const dropped = new Set(options.drop)
  const entries = [...metadata, ...generalMetadata(options)].map((entry) => withTemplate(entry, options))
  return encodeGguf(
    entries.filter(([key]) => !dropped.has(key)),
    tensors.filter(({ name }) => !dropped.has(name)),
  )
}

/** @param {MetadataEntry} entry @param {TinyGgufOptions} options @returns {MetadataEntry} */
function withTemplate(entry, { template }) {
  const [key] = entry
  return key === 'tokenizer.chat_template' && template !== undefined ? [key, 'string', template] : entry
}

/** @param {TinyGgufOptions} options */
function modelOf(options) {
  if (options.kind === 'script') return scriptModel(options)
  return options.kind === 'random' ? randomModel(options) : encoderModel(options)
}

/**
 * @param {TinyGgufOptions} options
 * @returns {MetadataEntry[]}
 */
function generalMetadata({ kind, name, family, paddingBytes }) {
  return [
    ['general.type', 'string', 'model'],
    ['general.name', 'string', name ?? `Tiny ${kind}`],
    ['general.basename', 'string', family ?? `tiny-${kind}`],
    ['general.file_type', 'u32', tensorTypes.q8_0.fileType],
    ['general.quantization_version', 'u32', 2],
    // Weighs nothing in memory: for tests that need a large file.
    ['roundhouse.padding', 'string', 'x'.repeat(paddingBytes ?? 0)],
  ]
}

async function main() {
  const { values } = parseArgs({
    args: argv.slice(2),
    options: {
      out: { type: 'string' },
      kind: { type: 'string', default: 'script' },
      reply: { type: 'string', default: 'Hello from a tiny model.' },
      loop: { type: 'boolean', default: false },
      window: { type: 'string' },
      context: { type: 'string' },
    },
  })
  const { kind, out, reply, loop } = values
  if (out === undefined) throw new Error('--out names the file to write')
  const context = values.context === undefined ? undefined : Number(values.context)
  const window = values.window === undefined ? undefined : Number(values.window)
  const bytes =
    kind === 'script'
      ? makeTinyGguf({ kind, reply, loop, context, window })
      : makeTinyGguf({ kind: kind === 'random' || kind === 'reranking' ? kind : 'embedding', context })
  await writeFile(out, bytes)
  console.log(`${out}: ${bytes.length} bytes`)
}

if (argv[1] === fileURLToPath(import.meta.url)) await main()
