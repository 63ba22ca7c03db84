import { readFileSync } from 'node:fs'

/** The fenced blocks of a page of docs/, by their language, in their order. */
export function readBlocks(page: string, language: string): readonly string[] {
  const text = readFileSync(new URL(`../../docs/${page}`, import.meta.url), 'utf8')
  const blocks = text.matchAll(new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\``, 'gm'))
  return Array.from(blocks, ([, block = '']) => block.trim())
}
