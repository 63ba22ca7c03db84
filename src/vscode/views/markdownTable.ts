import { escapeMarkdown } from './format.js'

/** Cells are shown as text, whatever they hold. */
export function markdownTable(
  head: readonly string[],
  rows: readonly (readonly (string | number)[])[],
): string {
  const write = (cells: readonly (string | number)[]) =>
    `| ${cells.map((cell) => escapeMarkdown(String(cell))).join(' | ')} |`
  return [write(head), `| ${head.map(() => '---').join(' | ')} |`, ...rows.map(write)].join('\n')
}
