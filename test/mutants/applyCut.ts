import ts from 'typescript'
import { nodesOf, type Source } from '../architecture/sources.js'
import type { Cut } from './cut.js'

/** A source file with a wire cut. */
export interface Mutant {
  /** From the repository's root. */
  readonly path: string
  readonly text: string
}

interface Place {
  readonly source: Source
  readonly start: number
  readonly end: number
}

/** A text without what a formatter may change, and where each of its characters stood. */
function condense(text: string): { readonly text: string; readonly at: readonly number[] } {
  const at: number[] = []
  let condensed = ''
  for (const [index, character] of Array.from(
    text.matchAll(/\S/g),
    (found) => [found.index, found[0]] as const,
  )) {
    if (/[)\]}]/.test(character) && condensed.endsWith(',')) {
      condensed = condensed.slice(0, -1)
      at.pop()
    }
    condensed += character
    at.push(index)
  }
  return { text: condensed, at }
}

function nameOf(node: ts.Node): string | undefined {
  const isNamed =
    ts.isFunctionDeclaration(node) ||
    ts.isVariableDeclaration(node) ||
    ts.isPropertyAssignment(node) ||
    ts.isMethodDeclaration(node)
  if (!isNamed || node.name === undefined) return undefined
  return ts.isStringLiteral(node.name) ? node.name.text : node.name.getText()
}

/** Declarations of a symbol that lie in no other one of the same name. */
function* declarations(source: Source, symbol: string): Generator<ts.Node> {
  let end = 0
  for (const node of nodesOf(source.tree)) {
    if (node.getStart() < end || nameOf(node) !== symbol) continue
    end = node.end
    yield node
  }
}

/** Each place of a text within a node. */
function* findText(source: Source, node: ts.Node, wire: string): Generator<Place> {
  const wanted = condense(wire).text
  const start = node.getStart()
  const { text, at } = condense(source.text.slice(start, node.end))
  for (let found = text.indexOf(wanted); found >= 0; found = text.indexOf(wanted, found + 1)) {
    const [first = 0, last = 0] = [at[found], at[found + wanted.length - 1]]
    yield { source, start: start + first, end: start + last + 1 }
  }
}

function* placesOf({ symbol, wire }: Cut, sources: readonly Source[]): Generator<Place> {
  for (const source of sources) {
    if (!source.text.includes(symbol)) continue
    for (const node of declarations(source, symbol)) {
      if (wire !== undefined) yield* findText(source, node, wire)
      else if (ts.isPropertyAssignment(node))
        yield { source, start: node.initializer.getStart(), end: node.end }
    }
  }
}

/** Throws where the wire is not found in exactly one place, saying what to do. */
export function applyCut(cut: Cut, sources: readonly Source[]): Mutant {
  const places = [...placesOf(cut, sources)]
  const [place] = places
  if (place === undefined || places.length > 1) {
    const found = place === undefined ? 'in no place' : `in ${places.length} places`
    throw new Error(
      `The wire of ${cut.row} is ${found} of ${cut.symbol}: ${cut.wire ?? 'its value'}\nSay in test/mutants/cuts where it is now.`,
    )
  }
  const { source, start, end } = place
  return { path: source.path, text: source.text.slice(0, start) + cut.to + source.text.slice(end) }
}
