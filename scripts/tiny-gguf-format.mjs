// The GGUF v3 container: metadata, tensor table, tensors. See the GGUF specification of the ggml project.

/** @typedef {'u32' | 'i32' | 'f32' | 'bool' | 'string'} ValueType */
/**
 * @typedef {readonly [key: string, type: ValueType, value: number | boolean | string]
 *   | readonly [key: string, type: readonly [ValueType], value: readonly (number | boolean | string)[]]} MetadataEntry
 */
/** @typedef {'f32' | 'q8_0'} TensorType */
/**
 * `dims` are fastest first, as ggml counts them.
 * @typedef {{ name: string, dims: readonly number[], data: Float32Array, type: TensorType }} Tensor
 */

const version = 3
const alignment = 32
const arrayCode = 9

/** @type {Record<ValueType, { code: number, encode: (value: any) => Buffer }>} */
const valueTypes = {
  u32: { code: 4, encode: (value) => fixed(4, (bytes) => bytes.writeUInt32LE(value)) },
  i32: { code: 5, encode: (value) => fixed(4, (bytes) => bytes.writeInt32LE(value)) },
  f32: { code: 6, encode: (value) => fixed(4, (bytes) => bytes.writeFloatLE(value)) },
  bool: { code: 7, encode: (value) => Buffer.of(value ? 1 : 0) },
  string: { code: 8, encode: encodeString },
}

/** @type {Record<TensorType, { code: number, fileType: number, encode: (data: Float32Array) => Buffer }>} */
export const tensorTypes = {
  f32: { code: 0, fileType: 0, encode: (data) => Buffer.from(data.buffer, data.byteOffset, data.byteLength) },
  q8_0: { code: 8, fileType: 7, encode: encodeQ8 },
}

/**
 * @param {readonly MetadataEntry[]} metadata
 * @param {readonly Tensor[]} tensors
 */
export function encodeGguf(metadata, tensors) {
  const header = [Buffer.from('GGUF'), u32(version), u64(tensors.length), u64(metadata.length)]
  for (const entry of metadata) header.push(encodeMetadata(entry))
  const bodies = []
  let offset = 0
  for (const tensor of tensors) {
    const type = tensorTypes[tensor.type]
    header.push(encodeString(tensor.name), u32(tensor.dims.length), ...tensor.dims.map(u64))
    header.push(u32(type.code), u64(offset))
    const body = padded(type.encode(tensor.data))
    bodies.push(body)
    offset += body.length
  }
  return Buffer.concat([padded(Buffer.concat(header)), ...bodies])
}

/** @param {MetadataEntry} entry */
function encodeMetadata([key, type, value]) {
  if (typeof type === 'string') {
    return Buffer.concat([encodeString(key), u32(valueTypes[type].code), valueTypes[type].encode(value)])
  }
  const { code, encode } = valueTypes[type[0]]
  const values = Array.isArray(value) ? value : []
  return Buffer.concat([
    encodeString(key),
    u32(arrayCode),
    u32(code),
    u64(values.length),
    ...values.map(encode),
  ])
}

/** Blocks of 32: a half-precision scale, then 32 signed bytes. */
/** @param {Float32Array} data */
function encodeQ8(data) {
  const blockLength = 32
  if (data.length % blockLength !== 0) throw new Error('q8_0 needs rows divisible by 32')
  const bytes = Buffer.alloc((data.length / blockLength) * (blockLength + 2))
  for (let block = 0; block * blockLength < data.length; block++) {
    const values = data.subarray(block * blockLength, (block + 1) * blockLength)
    const scale = values.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0) / 127
    const start = block * (blockLength + 2)
    bytes.writeUInt16LE(halfPrecision(scale), start)
    values.forEach((value, index) =>
      bytes.writeInt8(scale === 0 ? 0 : Math.round(value / scale), start + 2 + index),
    )
  }
  return bytes
}

/**
 * The bits of a positive normal half-precision number, rounded to nearest; smaller ones become zero.
 * @param {number} value
 */
function halfPrecision(value) {
  const exponent = Math.floor(Math.log2(value))
  if (value === 0 || exponent < -14) return 0
  return Math.round((value / 2 ** exponent - 1) * 1024) + ((exponent + 15) << 10)
}

/** @param {string} text */
function encodeString(text) {
  const bytes = Buffer.from(text, 'utf8')
  return Buffer.concat([u64(bytes.length), bytes])
}

/** @param {number} value */
function u32(value) {
  return fixed(4, (bytes) => bytes.writeUInt32LE(value))
}

/** @param {number} value */
function u64(value) {
  return fixed(8, (bytes) => bytes.writeBigUInt64LE(BigInt(value)))
}

/**
 * @param {number} size
 * @param {(bytes: Buffer) => void} write
 */
function fixed(size, write) {
  const bytes = Buffer.alloc(size)
  write(bytes)
  return bytes
}

/** @param {Buffer} bytes */
function padded(bytes) {
  const rest = bytes.length % alignment
  return rest === 0 ? bytes : Buffer.concat([bytes, Buffer.alloc(alignment - rest)])
}
