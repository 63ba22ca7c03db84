import { open, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { ModelError } from '../../../core/errors.js'
import { partName } from '../../../core/modelParts.js'
import { companionOf, partOf } from './companion.js'
import { readHeader } from './header.js'
import type { HeaderSource, Tick } from './headerBytes.js'
import { isMalformed, malformed } from './malformed.js'
import type { GgufHeader } from './reading.js'

/** Milliseconds for the headers of all parts. */
const timeLimitMs = 2_000
const mostParts = 1_000

/**
 * Looks at a file before native code does: its header holds together, all its tensors are there, in its other parts too, and
 * it is a model that llama.cpp knows. Throws ModelError `engine-failed`, or `not-found` for a missing part, with the file’s name.
 */
export async function checkGguf(path: string, now: () => number = () => performance.now()): Promise<void> {
  const tick = createTick(now)
  const header = await readFile(path, tick)
  const companion = companionOf(header)
  if (companion !== undefined)
    throw refused(`${path} is ${companion.what}, and no model that answers. ${companion.next}`)
  const part = partOf(header)
  if (part !== undefined) await checkParts(path, part.count, tick)
}

function createTick(now: () => number): Tick {
  const end = now() + timeLimitMs
  return () => {
    if (now() > end) throw malformed('its header could not be read within two seconds')
  }
}

/** llama.cpp finds the others by their names. */
async function checkParts(path: string, count: number, tick: Tick): Promise<void> {
  if (count > mostParts) throw refused(damaged(path, 'it states more parts than a model has'))
  for (let number = 2; number <= count; number++) {
    const name = partName(basename(path), { number, count })
    if (name === undefined)
      throw refused(
        `${path} is the first of ${count} parts of a model, and does not have its name any more. Give it the name that ends in -00001-of-${String(count).padStart(5, '0')}.gguf again.`,
      )
    const part = partOf(
      await readFile(join(dirname(path), name), tick, `part ${number} of ${count} of the model`),
    )
    if (part?.number !== number || part.count !== count)
      throw refused(damaged(join(dirname(path), name), `it is not part ${number} of ${count}`))
  }
}

async function readFile(path: string, tick: Tick, what?: string): Promise<GgufHeader> {
  try {
    const { size } = await stat(path)
    return await readWith(path, size, tick)
  } catch (error) {
    if (isMalformed(error)) throw refused(damaged(path, error.message))
    if (what === undefined) throw error
    const message = `${what} is missing: there is no ${path} that can be read. Put it beside the others, or download it again.`
    throw new ModelError({ code: 'not-found', message: message.replace(/^p/, 'P'), cause: error })
  }
}

async function readWith(path: string, size: number, tick: Tick): Promise<GgufHeader> {
  const handle = await open(path, 'r')
  const source: HeaderSource = {
    size,
    read: async (into, position) => (await handle.read(into, 0, into.byteLength, position)).bytesRead,
  }
  try {
    return await readHeader(source, tick)
  } finally {
    await handle.close()
  }
}

function damaged(path: string, what: string): string {
  return `${path} cannot be used: ${what}. Download it again, or choose another.`
}

function refused(message: string): ModelError {
  return new ModelError({ code: 'engine-failed', message })
}
