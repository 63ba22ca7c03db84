import type { LogOutputChannel } from 'vscode'
import { isModelError } from '../core/errors.js'
import type { Log } from '../core/ports.js'
import type { Redactor } from '../core/redact.js'
import { visibleText } from './views/foreignText.js'

function describeCause(cause: unknown): string {
  if (isModelError(cause)) {
    const isRepeated = isModelError(cause.cause) && cause.cause.message === cause.message
    const inner = cause.cause === undefined || isRepeated ? '' : `\n  because ${describeCause(cause.cause)}`
    const status = cause.status === undefined ? '' : ` (status ${cause.status})`
    const request = cause.requestId === undefined ? '' : ` (request ${cause.requestId})`
    return `${cause.code}${status}${request}: ${cause.message}${inner}`
  }
  if (cause instanceof Error) return cause.stack ?? `${cause.name}: ${cause.message}`
  return String(cause)
}

/** The log, and what it is made of. */
export interface RedactedLog {
  readonly channel: LogOutputChannel
  readonly redactor: Redactor
  readonly log: Log
}

/** What of VS Code's log channel is written to. */
type LogLines = Pick<LogOutputChannel, 'trace' | 'debug' | 'info' | 'warn' | 'error'>

/** The log channel with its levels; nothing reaches it unredacted. */
export function createLog(channel: LogLines, redactor: Redactor): Log {
  // A line of its own begins with a time; what a server says is no such line.
  const clean = (text: string) => visibleText(redactor.redact(text)).replaceAll('\n', '\n  ')
  return {
    trace: (message) => channel.trace(clean(message)),
    debug: (message) => channel.debug(clean(message)),
    info: (message) => channel.info(clean(message)),
    warn: (message) => channel.warn(clean(message)),
    error: (message, cause) =>
      channel.error(clean(cause === undefined ? message : `${message}\n${describeCause(cause)}`)),
  }
}
