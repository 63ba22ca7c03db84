import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type * as vscode from 'vscode'
import type { RoundhouseApi } from '../../../src/api.js'

/** What docs/api.md shows to other extensions. */
export interface ApiExample {
  openRoundhouse(api: typeof vscode, context: vscode.ExtensionContext): Promise<RoundhouseApi>
  chooseModel(api: RoundhouseApi, print: (line: string) => void): Promise<string | undefined>
  findBest(
    api: RoundhouseApi,
    question: string,
    texts: readonly string[],
  ): Promise<{ readonly best: string; readonly model: string }>
}

const page = new URL('../../../docs/api.md', import.meta.url)

/** The page's own code, as it stands there; `folder` is where it may be written to. */
export async function loadApiExample(folder: string): Promise<ApiExample> {
  const text = await readFile(page, 'utf8')
  const blocks = Array.from(text.matchAll(/^```js\n([^]*?)^```/gm), ([, block = '']) => block)
  const file = join(folder, 'example.mjs')
  await writeFile(file, blocks.join('\n'))
  return await import(pathToFileURL(file).href)
}
