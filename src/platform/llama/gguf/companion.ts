import { architectures, companionArchitectures } from './architectures.js'
import type { GgufHeader } from './reading.js'

/** What a file is that is no whole model by itself, in words, and what to do; `laterPart` has a number, from 2. */
export interface Companion {
  readonly what: string
  readonly next: string
}

const addModel = 'Add the GGUF file of the model itself.'

/** By `general.type`, or by keys that nothing else has. */
const kinds: readonly { readonly type: RegExp; readonly keys: RegExp; readonly what: string }[] = [
  { type: /^(mmproj|clip)/, keys: /^clip\./, what: 'a projector (mmproj), by which a model sees or hears' },
  { type: /^(adapter|lora)/, keys: /^adapter\./, what: 'an adapter (LoRA), which changes another model' },
  { type: /^imatrix/, keys: /^imatrix\./, what: 'an importance matrix, by which models are quantised' },
]

/** Undefined for a model, or its first part. */
export function companionOf(header: GgufHeader): Companion | undefined {
  const { values } = header
  const type = values.get('general.type')
  const architecture = values.get('general.architecture')
  const named = typeof architecture === 'string' ? architecture : undefined
  const what = kindOf(header, typeof type === 'string' ? type : '') ?? companionArchitectures.get(named ?? '')
  if (what !== undefined) return { what, next: addModel }
  const part = partOf(header)
  if (part !== undefined && part.number > 1) return laterPart(part)
  if (named === undefined)
    return { what: 'a file that names no kind of model (general.architecture)', next: addModel }
  if (!architectures.has(named)) {
    const next = 'Choose another model, or see whether a newer Roundhouse knows it.'
    return { what: `a model of the kind “${named}”, which this llama.cpp does not know`, next }
  }
  const isBare = header.tensorCount === 0 && part === undefined
  return isBare ? { what: 'a vocabulary without a model', next: addModel } : undefined
}

function kindOf({ values, lists }: GgufHeader, type: string): string | undefined {
  const keys = [...values.keys(), ...lists.keys()]
  const found = kinds.find((kind) => kind.type.test(type)) ?? (type === 'model' ? undefined : byKeys(keys))
  return found?.what
}

function byKeys(keys: readonly string[]): (typeof kinds)[number] | undefined {
  return kinds.find((kind) => keys.some((key) => kind.keys.test(key)))
}

export interface Part {
  /** From 1. */
  readonly number: number
  readonly count: number
}

/** Undefined for a file that is a model by itself. */
export function partOf({ values }: GgufHeader): Part | undefined {
  const number = values.get('split.no')
  const count = values.get('split.count')
  if (typeof number !== 'number' || typeof count !== 'number' || count < 2) return undefined
  return { number: number + 1, count }
}

function laterPart({ number, count }: Part): Companion {
  return {
    what: `part ${number} of ${count} of a model`,
    next: 'Its first part is not beside it: put all parts into one folder, under the names that they had.',
  }
}
