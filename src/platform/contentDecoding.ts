import type { IncomingMessage } from 'node:http'
import { Duplex, Readable, type Transform } from 'node:stream'
import * as zlib from 'node:zlib'

/** More of them on top of each other is no server's need. */
const maximumEncodings = 4

/** Bytes leave as soon as they can be read: a stream of events must not wait for its end. */
const sync = { flush: zlib.constants.Z_SYNC_FLUSH }

/** Knows the first byte of what it is to decode. */
type Open = (first: number | undefined) => Transform

const openGunzip: Open = () => zlib.createGunzip(sync)

const decoders: ReadonlyMap<string, Open> = new Map<string, Open>([
  ['gzip', openGunzip],
  ['x-gzip', openGunzip],
  // The format of zlib by its name, and half of the servers send the bare one.
  ['deflate', (first = 0) => ((first & 0x0f) === 8 ? zlib.createInflate(sync) : zlib.createInflateRaw(sync))],
  ['br', () => zlib.createBrotliDecompress({ flush: zlib.constants.BROTLI_OPERATION_FLUSH })],
  // Node has it since 22.15.
  ...('createZstdDecompress' in zlib
    ? [['zstd', () => zlib.createZstdDecompress({ flush: zlib.constants.ZSTD_e_flush })] as const]
    : []),
])

/** Of `content-encoding`, in lower case, in the order in which they were applied. */
function encodingsOf(header: string | null): readonly string[] {
  const names = (header ?? '').split(',').map((name) => name.trim().toLowerCase())
  return names.filter((name) => name !== '' && name !== 'identity')
}

/**
 * The message's body without the encodings that its header `content-encoding` names. Ends early, with an error or without one, where the message
 * breaks off. Fails with the code `ERR_CONTENT_ENCODING` if it cannot be decoded here.
 */
export function decodeContent(message: IncomingMessage, header: string | null): Readable {
  const encodings = encodingsOf(header)
  if (encodings.length === 0) return message
  const openers = encodings.toReversed().map((name) => decoders.get(name))
  const unknown = openers.findIndex((open) => open === undefined)
  if (unknown !== -1 || encodings.length > maximumEncodings) return refuse(message)
  const chain = openers.flatMap((open) => (open === undefined ? [] : [createDecoder(open)]))
  const [first] = chain
  // Not by a pipeline, which throws away what came before a failure.
  message.on('error', () => first?.end())
  message.on('close', () => {
    if (!message.complete) first?.end()
  })
  const last = chain.reduce<Readable>((from, to) => {
    if (from !== message) from.on('error', (error) => to.destroy(error))
    return from.pipe(to)
  }, message)
  last.on('close', () => {
    if (!message.complete) message.destroy()
    for (const decoder of chain) decoder.destroy()
  })
  return last
}

function refuse(message: IncomingMessage): Readable {
  const error = new Error('The answer has an encoding that cannot be decoded here.')
  message.on('error', () => undefined)
  message.destroy()
  return new Readable({
    read() {
      this.destroy(Object.assign(error, { code: 'ERR_CONTENT_ENCODING' }))
    },
  })
}

/** Opened by the first byte: none at all is an empty body, and no broken one. */
function createDecoder(open: Open): Duplex {
  let inner: Transform | undefined
  const begin = (first: number | undefined): Transform => {
    const opened = open(first)
    opened.on('data', (chunk) => {
      if (!outer.push(chunk)) opened.pause()
    })
    opened.on('end', () => outer.push(null))
    opened.on('error', (error) => outer.destroy(error))
    return opened
  }
  const outer = new Duplex({
    read: () => void inner?.resume(),
    write(chunk: Buffer, _encoding, done) {
      inner ??= begin(chunk[0])
      inner.write(chunk, done)
    },
    final(done) {
      if (inner === undefined) outer.push(null)
      else inner.end()
      done()
    },
    destroy(error, done) {
      inner?.destroy()
      done(error)
    },
  })
  return outer
}
