import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'

/** One source file of the repository, parsed. */
export interface Source {
  /** From the repository's root, with `/`. */
  readonly path: string
  readonly text: string
  readonly tree: ts.SourceFile
}

/** Something that breaks a rule: where, and what. */
export type Finding = string

const root = fileURLToPath(new URL('../../', import.meta.url))
const codeFile = /\.(?:ts|tsx|mts|mjs|js)$/

export function parseSource(path: string, text: string): Source {
  return { path, text, tree: ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true) }
}

function listFiles(path: string): string[] {
  const status = statSync(join(root, path), { throwIfNoEntry: false })
  if (status === undefined) return []
  if (status.isFile()) return [path]
  return readdirSync(join(root, path), { withFileTypes: true }).flatMap((entry) => {
    if (entry.name === 'node_modules' || entry.name === 'fixtures' || entry.name === 'dist') return []
    return listFiles(join(path, entry.name))
  })
}

/** Code files below the given paths of the repository. */
export function readSources(...paths: string[]): Source[] {
  return paths
    .flatMap(listFiles)
    .filter((path) => codeFile.test(path))
    .map((path) =>
      parseSource(relative('.', path).split(sep).join('/'), readFileSync(join(root, path), 'utf8')),
    )
}

export function lineOf(source: Source, position: number): number {
  return source.tree.getLineAndCharacterOfPosition(position).line + 1
}

export function at(source: Source, node: ts.Node, what: string): Finding {
  return `${source.path}:${lineOf(source, node.getStart(source.tree))} ${what}`
}

/** Every node of a file, parents first. */
export function* nodesOf(node: ts.Node): Generator<ts.Node> {
  yield node
  const children: ts.Node[] = []
  ts.forEachChild(node, (child) => void children.push(child))
  for (const child of children) yield* nodesOf(child)
}

/** Findings of a check of single nodes. */
export function inspect(source: Source, check: (node: ts.Node) => string | undefined): Finding[] {
  const findings: Finding[] = []
  for (const node of nodesOf(source.tree)) {
    const what = check(node)
    if (what !== undefined) findings.push(at(source, node, what))
  }
  return findings
}
