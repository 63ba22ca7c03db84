/** What the files of test models are made of, written by hand so that any of it can be wrong. */
const codes = { u8: 0, u16: 2, i32: 5, u32: 4, f32: 6, bool: 7, text: 8, u64: 10 } as const

type Kind = keyof typeof codes
type Single = number | bigint | boolean | string

export type Entry =
  | readonly [key: string, kind: Kind, value: Single]
  | readonly [key: string, kind: readonly [Kind], values: readonly Single[]]

export interface Tensor {
  readonly name: string
  readonly dims: readonly number[]
  /** ggml’s number; 32-bit floats where absent. */
  readonly type?: number
  readonly bytes: Uint8Array
  readonly offset?: number
}

export interface GgufParts {
  readonly version?: number
  readonly entries?: readonly Entry[]
  readonly tensors?: readonly Tensor[]
  readonly entryCount?: number | bigint
  readonly tensorCount?: number | bigint
}

const alignment = 32

export function encodeGguf({ version = 3, entries = [], tensors = [], ...counts }: GgufParts): Buffer {
  const header = [Buffer.from('GGUF'), u32(version)]
  header.push(u64(counts.tensorCount ?? tensors.length), u64(counts.entryCount ?? entries.length))
  for (const entry of entries) header.push(...encodeEntry(entry))
  const bodies: Buffer[] = []
  let offset = 0
  for (const tensor of tensors) {
    header.push(text(tensor.name), u32(tensor.dims.length), ...tensor.dims.map(u64))
    header.push(u32(tensor.type ?? 0), u64(tensor.offset ?? offset))
    const body = padded(Buffer.from(tensor.bytes))
    bodies.push(body)
    offset += body.length
  }
  return Buffer.concat([padded(Buffer.concat(header)), ...bodies])
}

function encodeEntry([key, kind, value]: Entry): readonly Buffer[] {
  if (typeof kind === 'string')
    return [text(key), u32(codes[kind]), single(kind, Array.isArray(value) ? '' : value)]
  const [of] = kind
  const values = Array.isArray(value) ? value : []
  return [text(key), u32(9), u32(codes[of]), u64(values.length), ...values.map((each) => single(of, each))]
}

function single(kind: Kind, value: unknown): Buffer {
  if (kind === 'text') return text(String(value))
  if (kind === 'u64') return u64(BigInt(Number(value)))
  if (kind === 'u32') return u32(Number(value))
  if (kind === 'u8' || kind === 'bool') return Buffer.of(Number(value))
  const bytes = Buffer.alloc(kind === 'u16' ? 2 : 4)
  if (kind === 'u16') bytes.writeUInt16LE(Number(value))
  else if (kind === 'i32') bytes.writeInt32LE(Number(value))
  else bytes.writeFloatLE(Number(value))
  return bytes
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value)
  return Buffer.concat([u64(bytes.length), bytes])
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(value)
  return bytes
}

function u64(value: number | bigint): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64LE(BigInt(value))
  return bytes
}

function padded(bytes: Buffer): Buffer {
  const rest = bytes.length % alignment
  return rest === 0 ? bytes : Buffer.concat([bytes, Buffer.alloc(alignment - rest)])
}

const floats = (count: number): Uint8Array => new Uint8Array(count * 4)

/** The least that is a model: its kind, and one tensor. */
export function smallModel(
  entries: readonly Entry[] = [],
  tensors: readonly Tensor[] = [smallTensor],
): GgufParts {
  return { entries: [['general.architecture', 'text', 'llama'], ...entries], tensors }
}

export const smallTensor: Tensor = { name: 'token_embd.weight', dims: [4, 8], bytes: floats(32) }
