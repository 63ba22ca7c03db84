import { builtinModules } from 'node:module'
import { posix } from 'node:path'
import ts from 'typescript'
import { at, type Finding, inspect, type Source } from './sources.js'

/** A part of the house, and what may be brought into it. The first room that holds a path is the path's own. */
export interface Room {
  readonly name: string
  holds(path: string): boolean
  /** Paths of the repository that may be imported. */
  sees(path: string): boolean
  /** Packages, and subpaths of packages, by exact name. */
  readonly packages: readonly string[]
  readonly nodeBuiltins?: boolean
  /** Packages may only come by `import()`, so that activation does not load them; types may come at once. */
  readonly lazy?: boolean
}

const below =
  (...folders: string[]) =>
  (path: string): boolean =>
    folders.some((folder) => path.startsWith(`${folder}/`))
const isOneOf =
  (...paths: string[]) =>
  (path: string): boolean =>
    paths.includes(path)
const either =
  (...tests: ((path: string) => boolean)[]) =>
  (path: string): boolean =>
    tests.some((test) => test(path))

export const rooms: readonly Room[] = [
  { name: 'core', holds: below('src/core'), sees: below('src/core'), packages: [] },
  {
    name: 'providers',
    holds: below('src/providers'),
    sees: below('src/core', 'src/providers'),
    packages: ['openai', '@anthropic-ai/sdk', 'ollama', '@google/genai'],
    lazy: true,
  },
  {
    name: 'platform',
    holds: below('src/platform'),
    sees: below('src/core', 'src/platform'),
    packages: ['@pydantic/genai-prices', 'lru-cache', 'node-llama-cpp'],
    nodeBuiltins: true,
    lazy: true,
  },
  {
    name: 'vscode',
    holds: below('src/vscode'),
    sees: either(below('src/core', 'src/vscode'), isOneOf('src/protocol.ts')),
    packages: ['vscode', 'zod/mini'],
  },
  {
    name: 'composition root',
    holds: either(isOneOf('src/extension.ts', 'src/headless.ts'), below('src/services', 'src/pipeline')),
    sees: below('src'),
    packages: ['vscode'],
    nodeBuiltins: true,
  },
  { name: 'api', holds: isOneOf('src/api.ts'), sees: () => false, packages: [] },
  {
    name: 'api',
    holds: below('src/api'),
    sees: either(below('src/core', 'src/api'), isOneOf('src/api.ts')),
    packages: [],
  },
  { name: 'protocol', holds: isOneOf('src/protocol.ts'), sees: below('src/core'), packages: ['zod/mini'] },
  {
    name: 'webview',
    holds: below('webview-ui'),
    sees: either(below('webview-ui'), isOneOf('src/protocol.ts')),
    packages: [
      'preact',
      'preact/hooks',
      '@vscode-elements/elements',
      'uplot',
      'marked',
      'dompurify',
      'birpc',
    ],
  },
]

function roomOf(path: string): Room | undefined {
  return rooms.find((room) => room.holds(path))
}

const builtins = new Set(builtinModules)

function isBuiltin(specifier: string): boolean {
  return specifier.startsWith('node:') || builtins.has(specifier)
}

/** Every form that TypeScript knows of: static, type-only, inline-type, dynamic, re-export, require, import type, reference. */
function specifiersOf(source: Source): readonly string[] {
  const found = ts.preProcessFile(source.text, true, true)
  return [...found.importedFiles, ...found.referencedFiles, ...found.typeReferenceDirectives].map(
    (file) => file.fileName,
  )
}

function isAllowed(room: Room, from: string, specifier: string): boolean {
  if (specifier.startsWith('.')) {
    const path = posix.join(posix.dirname(from), specifier).replace(/\.js$/, '.ts')
    return room.sees(path)
  }
  if (isBuiltin(specifier)) return room.nodeBuiltins === true
  return room.packages.some((name) => specifier === name || specifier.startsWith(`${name}/`))
}

export function findForbiddenImports(source: Source): Finding[] {
  const room = roomOf(source.path)
  if (room === undefined) return [`${source.path} stands in no room of the house`]
  return specifiersOf(source)
    .filter((specifier) => !isAllowed(room, source.path, specifier))
    .map((specifier) => `${source.path} (${room.name}) must not import ${specifier}`)
}

/** An import whose target is computed could bring in anything. */
export function findHiddenImports(source: Source): Finding[] {
  return inspect(source, (node) => {
    if (!ts.isCallExpression(node)) return undefined
    const called = node.expression.getText(source.tree)
    if (called.endsWith('getBuiltinModule') || called.endsWith('createRequire')) return `calls ${called}`
    const brings = node.expression.kind === ts.SyntaxKind.ImportKeyword || called === 'require'
    const [target] = node.arguments
    return brings && (target === undefined || !ts.isStringLiteral(target))
      ? 'imports a computed name'
      : undefined
  })
}

function loadsAtOnce(node: ts.ImportDeclaration): boolean {
  const clause = node.importClause
  if (clause === undefined) return true
  if (clause.phaseModifier === ts.SyntaxKind.TypeKeyword) return false
  const named = clause.namedBindings
  const onlyTypes =
    named !== undefined && ts.isNamedImports(named) && named.elements.every((element) => element.isTypeOnly)
  return clause.name !== undefined || !onlyTypes
}

export function findEagerPackages(source: Source): Finding[] {
  if (roomOf(source.path)?.lazy !== true) return []
  return inspect(source, (node) => {
    if (!ts.isImportDeclaration(node) || !ts.isStringLiteral(node.moduleSpecifier)) return undefined
    const name = node.moduleSpecifier.text
    const isPackage = !name.startsWith('.') && !isBuiltin(name)
    return isPackage && loadsAtOnce(node) ? `loads ${name} before it is needed` : undefined
  })
}

export function findSpecifiersWithoutExtension(source: Source): Finding[] {
  return specifiersOf(source)
    .filter((specifier) => specifier.startsWith('.') && !/\.(?:js|mjs|mts|json|css)$/.test(specifier))
    .map((specifier) => `${source.path} imports ${specifier}, which has no extension that loads`)
}

/** Files that only pass others on; the provider table is the one that is meant to, the API is made to be imported. */
export function findBarrels(source: Source): Finding[] {
  if (source.path === 'src/providers/index.ts' || source.path === 'src/api.ts') return []
  const named = /(?:^|\/)index\.tsx?$/.test(source.path) ? [`${source.path} is a barrel by its name`] : []
  const passedOn = source.tree.statements.filter(
    (statement) => ts.isExportDeclaration(statement) && statement.moduleSpecifier !== undefined,
  )
  return [
    ...named,
    ...passedOn.map((statement) => at(source, statement, 'passes on what another file exports')),
  ]
}
