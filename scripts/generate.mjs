// Writes what is made from tables: package.json's contributions and the generated pages of docs/.
// `--check` changes nothing and fails where something is out of date.
import '../test/register.mjs'
import { glob, readFile, writeFile } from 'node:fs/promises'
import { argv, exit } from 'node:process'
import { fileURLToPath } from 'node:url'
import { commandsDocument, settingsDocument } from './generate/docs.mjs'
import { manifestParts } from './generate/manifest.mjs'
import { providersDocument } from './generate/providers.mjs'
import { settingRows } from './generate/settings.mjs'

const root = new URL('../', import.meta.url)

async function readSources() {
  const commands = await import('../src/vscode/commands/table.ts')
  const { viewContainer, viewTable, welcomeTable, walkthrough, walkthroughSteps } = await import(
    '../src/vscode/views/table.ts'
  )
  const views = { viewContainer, viewTable, welcomeTable, walkthrough, walkthroughSteps }
  const { connectionsSchema } = await import('../src/vscode/connectionSchema.ts')
  const { parameterTemplatesSchema } = await import('../src/vscode/parameterTemplates.ts')
  const { parameterTemplates } = await import('../src/core/parameters/templates.ts')
  const { settingsTable } = await import('../src/vscode/settingsTable.ts')
  const { settingRules } = await import('../src/vscode/settingRules.ts')
  const { writtenDefault } = await import('../src/vscode/defaultConnections.ts')
  const { routeList } = await import('../src/vscode/policies/routeSchema.ts')
  const { budgetList } = await import('../src/vscode/policies/budgetSchema.ts')
  const { workspaceBudgetList } = await import('../src/vscode/policies/workspaceBudgets.ts')
  const { alertList } = await import('../src/vscode/policies/alertSchema.ts')
  const { providers } = await import('../src/providers/index.ts')
  const settings = settingRows({
    connectionsSchema,
    parameterTemplatesSchema,
    settingsTable,
    settingRules,
    writtenDefault,
    routeList,
    budgetList,
    workspaceBudgetList,
    alertList,
    providers,
  })
  return { ...commands, views, providers, parameterTemplates, settings }
}

/** What the tests hold of the providers. */
async function readContract() {
  const { candidates } = await import('../test/contract/harness.ts')
  const { chatNames, errorNames } = await import('../test/contract/fixtures.ts')
  const paths = await Array.fromAsync(glob('test/{contract,unit}/**/*.test.ts', { cwd: fileURLToPath(root) }))
  const tests = paths.map(async (path) => ({
    path: path.replaceAll('\\', '/'),
    text: await readFile(new URL(path, root), 'utf8'),
  }))
  return { candidates, chatNames, errorNames, tests: await Promise.all(tests) }
}

/** Generated parts replace the present ones in their places; new ones come before the dependencies. */
function mergeManifest(manifest, parts) {
  const entries = Object.entries(manifest).map(([key, value]) => [key, key in parts ? parts[key] : value])
  const missing = Object.entries(parts).filter(([key]) => !(key in manifest))
  const at = entries.findIndex(([key]) => key === 'dependencies')
  return Object.fromEntries(entries.toSpliced(at < 0 ? entries.length : at, 0, ...missing))
}

/** The files as they should be, by path from the root. */
export async function generate() {
  const sources = await readSources()
  const manifest = JSON.parse(await readFile(new URL('package.json', root), 'utf8'))
  return {
    'package.json': `${JSON.stringify(mergeManifest(manifest, manifestParts(sources)), null, 2)}\n`,
    'docs/commands.md': commandsDocument(sources),
    'docs/settings.md': settingsDocument(sources),
    'docs/providers.md': providersDocument({ ...sources, ...(await readContract()) }),
  }
}

async function main(check) {
  const files = await generate()
  const stale = []
  for (const [path, text] of Object.entries(files)) {
    const present = await readFile(new URL(path, root), 'utf8').catch(() => '')
    if (present === text) continue
    stale.push(path)
    if (!check) await writeFile(new URL(path, root), text)
  }
  if (stale.length === 0) return
  console.log(
    check ? `Out of date: ${stale.join(', ')}. Run "npm run generate".` : `Written: ${stale.join(', ')}`,
  )
  if (check) exit(1)
}

if (argv[1] === fileURLToPath(import.meta.url)) await main(argv.includes('--check'))
