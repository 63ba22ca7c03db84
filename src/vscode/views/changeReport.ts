import type { AuditEntry } from '../../core/usage/audit.js'
import { writeMoment } from '../../core/usage/budgetText.js'
import { markdownTable } from './markdownTable.js'

/** Milliseconds since the epoch. */
type Change = AuditEntry & { readonly at: number }

const note =
  'Of the last year, the latest first. Only the names of what is different are kept, never values or keys. What was changed while no window was open has the time at which the next one found it.'

/** Markdown: what was changed, the latest first; names of what is different, never values. */
export function changeReport(changes: readonly Change[], timeZone: string): string {
  if (changes.length === 0) return '# Changes\n\nNothing was changed in the last year.\n'
  const rows = changes
    .toReversed()
    .map(({ at, subject, name, action, detail, origin }) => [
      writeMoment(at, timeZone),
      `${subject} ${name}`,
      detail === '' ? action : `${action}: ${detail}`,
      origin,
    ])
  return `# Changes\n\n${note}\n\n${markdownTable(['When', 'What', 'How', 'By'], rows)}\n`
}
