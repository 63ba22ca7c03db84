import { escapeMarkdown } from './format.js'

type Cell = string | number

/** `$0.30`, `12 %`, `1,024`, `0.4 s / 1.2 s`; read from the right, and never broken. */
const amount = /^\$?[\d.,]+( of \d+| ?(%|s|ms|[kMGT]?B))?( \/ [\d.,]+( s)?)*$/

/**
 * For a page: a table that is wider scrolls by itself. Cells are shown as text, whatever they hold. A column that holds
 * nothing is left out; amounts stand to the right.
 */
export function markdownTable(head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const columns = head.flatMap((title, index) => {
    const cells = rows.map((row) => String(row[index] ?? ''))
    if (rows.length > 0 && cells.every((cell) => cell === '')) return []
    const isAmount =
      cells.some((cell) => cell !== '') && cells.every((cell) => cell === '' || amount.test(cell))
    return [
      { title, isAmount, cells: isAmount ? cells.map((cell) => cell.replaceAll(' ', '\u00a0')) : cells },
    ]
  })
  const write = (cells: readonly string[]) => `| ${cells.map(writeCell).join(' | ')} |`
  return [
    '<div style="overflow-x: auto">',
    '',
    write(columns.map(({ title }) => title)),
    `| ${columns.map(({ isAmount }) => (isAmount ? '---:' : '---')).join(' | ')} |`,
    ...rows.map((_, index) => write(columns.map(({ cells }) => cells[index] ?? ''))),
    '',
    '</div>',
  ].join('\n')
}

/** What may not break stays so: white space is one space in text from elsewhere. */
function writeCell(cell: string): string {
  return cell.split('\u00a0').map(escapeMarkdown).join('\u00a0')
}
