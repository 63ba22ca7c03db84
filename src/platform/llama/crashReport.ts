import { ModelError } from '../../core/errors.js'
import type { ModelFile } from './modelFile.js'

/** How a child process ended by itself. */
export interface CrashReport {
  /** A signal's name, or the exit code in words. */
  readonly how: string
  /** What native code said last. */
  readonly complaint: string | undefined
  readonly culprits: readonly ModelFile[]
}

interface JobUnderWay {
  readonly file: ModelFile
  readonly started: boolean
}

/** A file that was being loaded is the likeliest cause, then those in use, then the only one that was asked for. */
export function findCulprits(
  jobs: readonly JobUnderWay[],
  loading: ReadonlySet<string>,
): readonly ModelFile[] {
  const choices = [
    jobs.filter(({ file }) => loading.has(file.path)),
    jobs.filter(({ started }) => started),
    jobs.length === 1 ? jobs : [],
  ]
  const files = (choices.find((group) => group.length > 0) ?? []).map(({ file }) => file)
  return [...new Map(files.map((file) => [file.path, file])).values()]
}

/** What a request for `file` is told. */
export function crashError(file: ModelFile, { how, complaint, culprits }: CrashReport): ModelError {
  const cause = new Error(complaint ?? how)
  if (culprits.some(({ path }) => path === file.path)) {
    const advice =
      how === 'SIGKILL'
        ? "memory may have run out: lower the connection's context size, or choose a smaller model."
        : 'the file is damaged or of an unknown kind: download it again, or choose another.'
    const message = `llama.cpp ended (${how}) while it used ${file.path}; ${advice}`
    return new ModelError({ code: 'engine-failed', message, cause })
  }
  const others = culprits.map(({ path }) => path).join(', ')
  const blame = others === '' ? `(${how})` : `because of ${others}`
  const message = `The embedded engine ended ${blame} while ${file.path} was in use: send the request again.`
  return new ModelError({ code: 'engine-failed', message, retryable: true, cause })
}

/** What a request for `file` is told when the child was ended because it hung over another request. */
export function hangError(file: ModelFile, hung: ModelFile): ModelError {
  const other = file.path === hung.path ? 'a cancelled request for it' : hung.path
  const message = `The embedded engine hung over ${other} while ${file.path} was in use, and was ended: send the request again.`
  return new ModelError({ code: 'engine-failed', message, retryable: true })
}

export function startError(cause: Error): ModelError {
  const message = `The embedded engine could not be started (${cause.message}): reinstall the extension, or use a server such as Ollama.`
  return new ModelError({ code: 'engine-failed', message, cause })
}
