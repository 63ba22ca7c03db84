import { readFileSync } from 'node:fs'

/** The text of a page of docs/, or of another one by its path from there. */
export function readPage(page: string): string {
  return readFileSync(new URL(page, new URL('../../docs/', import.meta.url)), 'utf8')
}

/** The fenced blocks of a page, by their language, in their order. */
export function readBlocks(page: string, language: string): readonly string[] {
  const blocks = readPage(page).matchAll(new RegExp(`^ *\`\`\`${language}\\n([^]*?)^ *\`\`\``, 'gm'))
  return Array.from(blocks, ([, block = '']) => block.trim())
}
