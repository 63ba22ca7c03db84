import { type ErrorCode, isModelError, ModelError } from '../../core/errors.js'
import { describeDiskError, systemCodeOf } from '../diskErrors.js'

interface Trouble {
  readonly code: ErrorCode
  readonly sentence: string
}

/** By SQLite's primary result codes. */
const troubles: Readonly<Record<number, Trouble>> = {
  3: { code: 'forbidden', sentence: 'Permission was denied. Make the file readable and writable for you.' },
  5: {
    code: 'not-saved',
    sentence: 'Another program keeps it locked. Close that program, or try again in a moment.',
  },
  6: {
    code: 'not-saved',
    sentence: 'Another program keeps it locked. Close that program, or try again in a moment.',
  },
  8: { code: 'not-saved', sentence: 'It is read-only. Make it writable, or update Roundhouse.' },
  10: { code: 'not-saved', sentence: 'The disk failed. Check it, and that it has space left.' },
  11: {
    code: 'not-saved',
    sentence: 'It is damaged. Close VS Code and move the file away; keep it as a copy.',
  },
  13: { code: 'not-saved', sentence: 'The disk is full. Free some space.' },
  14: { code: 'forbidden', sentence: 'It cannot be opened. Make its folder readable and writable for you.' },
  26: { code: 'not-saved', sentence: 'It is no database. Close VS Code and move the file away.' },
}

const damageCodes: ReadonlySet<number> = new Set([11, 26])
/** What constant statements never meet in a file that is as it was made, and that may be written. */
const strangeCodes: ReadonlySet<number> = new Set([1, 8, 19, 20])
const busyCodes: ReadonlySet<number> = new Set([5, 6])
const refusedCodes: ReadonlySet<number> = new Set([3, 8, 14])

/** SQLite's primary result code of what `node:sqlite` threw, or of the error that was made of it. */
function resultCode(error: unknown): number | undefined {
  if (isModelError(error)) return resultCode(error.cause)
  if (!(error instanceof Error && 'errcode' in error && typeof error.errcode === 'number')) return undefined
  return error.errcode & 0xff
}

function isOneOf(codes: ReadonlySet<number>) {
  return (error: unknown): boolean => {
    const code = resultCode(error)
    return code !== undefined && codes.has(code)
  }
}

/** The file holds something else than what SQLite has written. */
export const isDamage = isOneOf(damageCodes)
/** The file's schema is not what its own version says. Means nothing where it was opened for reading. */
export const isStrange = isOneOf(strangeCodes)
export const isBusy = isOneOf(busyCodes)
/** The file or its folder may not be written. */
export const isRefused = isOneOf(refusedCodes)

export function storageError(path: string, cause: unknown): ModelError {
  if (isModelError(cause)) return cause
  const trouble = troubles[resultCode(cause) ?? -1]
  const sentence = trouble?.sentence ?? describeUnknown(cause)
  return new ModelError({
    code: trouble?.code ?? 'not-saved',
    message: `${path} could not be used. ${sentence}`,
    cause,
  })
}

function describeUnknown(cause: unknown): string {
  if (systemCodeOf(cause) !== undefined) return describeDiskError(cause)
  return `SQLite says: ${cause instanceof Error ? cause.message : 'unknown error'}.`
}
