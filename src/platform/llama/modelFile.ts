import { existsSync } from 'node:fs'
import { open, stat } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join, normalize } from 'node:path'
import { builtinPrefix, isBuiltinFile } from '../../core/builtinFiles.js'
import { ModelError } from '../../core/errors.js'
import { firstPartOf } from '../../core/modelParts.js'

const magic = 'GGUF'
/** Magic, version, and two counts. */
const headerBytes = 24

/** A file as it was when it was looked at; another size or time means other content. */
export interface ModelFile {
  readonly path: string
  readonly fingerprint: string
}

/**
 * Absolute path of a file as settings name it: with the prefix for built-in models, or with `~/`. A later part of a model in
 * several files stands for the first, where that is beside it.
 */
export function resolveModelPath(file: string, builtinFolder: string | undefined): string {
  if (isBuiltinFile(file) && builtinFolder !== undefined) {
    return join(builtinFolder, file.slice(builtinPrefix.length))
  }
  const path = /^~[/\\]/.test(file) ? join(homedir(), file.slice(2)) : normalize(file)
  const first = firstPartOf(path)
  return first !== path && existsSync(first) ? first : path
}

/**
 * The cheap checks, before a file reaches llama.cpp: it exists, can be read and begins as a GGUF file does.
 * Throws ModelError `not-found` or `engine-failed`, naming the file.
 */
export async function checkModelFile(path: string): Promise<ModelFile> {
  let header: string
  let fingerprint: string
  try {
    const { size, mtimeMs } = await stat(path)
    fingerprint = `${size}-${mtimeMs}`
    header = size < headerBytes ? '' : await readStart(path, magic.length)
  } catch (error) {
    throw unreadable(path, error)
  }
  if (header === magic) return { path, fingerprint }
  throw new ModelError({
    code: 'engine-failed',
    message: `${path} is not a GGUF file: choose a model file in that format, or download it again.`,
  })
}

async function readStart(path: string, length: number): Promise<string> {
  const handle = await open(path, 'r')
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, 0)
    return buffer.toString('latin1', 0, bytesRead)
  } finally {
    await handle.close()
  }
}

function unreadable(path: string, cause: unknown): ModelError {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    const message = `There is no file ${path}: restore it, or choose another in the connection.`
    return new ModelError({ code: 'not-found', message, cause })
  }
  const message = `${path} cannot be read (${code}): check its permissions, or choose another file in the connection.`
  return new ModelError({ code: 'engine-failed', message, cause })
}
