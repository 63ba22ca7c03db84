import ts from 'typescript'
import { type Finding, inspect, type Source } from './sources.js'

export interface Limit {
  readonly usual: number
  /** No reason moves this one. */
  readonly wall: number
}

export const fileLimit: Limit = { usual: 300, wall: 400 }
export const functionLimit: Limit = { usual: 40, wall: 60 }
const parameterLimit = 4

/** Lines of code and comment, without the empty line at the end. */
function countLines(text: string): number {
  return text.replace(/\n$/, '').split('\n').length
}

export function findLongFiles(source: Source, most: number): Finding[] {
  const lines = countLines(source.text)
  return lines > most ? [`${source.path} has ${lines} lines, more than ${most}`] : []
}

const nameParents = [ts.isVariableDeclaration, ts.isPropertyAssignment, ts.isPropertyDeclaration] as const

function nameOf(node: ts.FunctionLikeDeclaration, source: Source): string {
  if (node.name !== undefined) return node.name.getText(source.tree)
  const parent = node.parent
  return nameParents.some((test) => test(parent)) && 'name' in parent
    ? ((parent as ts.NamedDeclaration).name?.getText(source.tree) ?? 'a function')
    : 'a function'
}

/** `describe` holds tests as a file does; its length is the file's. */
function isSuite(node: ts.Node): boolean {
  const call = node.parent
  return ts.isCallExpression(call) && ['describe', 'suite'].includes(call.expression.getText())
}

function isFunction(node: ts.Node): node is ts.FunctionLikeDeclaration {
  return ts.isFunctionLike(node) && 'body' in node && node.body !== undefined
}

/** Outermost functions inside a function. */
function innerFunctions(node: ts.Node): ts.Node[] {
  const found: ts.Node[] = []
  ts.forEachChild(node, (child) => void found.push(...(isFunction(child) ? [child] : innerFunctions(child))))
  return found
}

/** A factory may be longer than a function by what the functions inside it take, up to the wall. */
export function findLongFunctions(source: Source, limit: Limit): Finding[] {
  return inspect(source, (node) => {
    if (!isFunction(node) || isSuite(node)) return undefined
    const count = (part: ts.Node): number => countLines(part.getText(source.tree))
    const all = count(node)
    const own = innerFunctions(node).reduce((lines, inner) => lines - count(inner) + 1, all)
    if (all > limit.wall) return `${nameOf(node, source)} has ${all} lines, more than ${limit.wall}`
    return own > limit.usual
      ? `${nameOf(node, source)} has ${own} lines of its own, more than ${limit.usual}`
      : undefined
  })
}

export function findManyParameters(source: Source): Finding[] {
  return inspect(source, (node) => {
    if (!ts.isFunctionLike(node)) return undefined
    const count = node.parameters.filter((parameter) => parameter.name.getText(source.tree) !== 'this').length
    return count > parameterLimit ? `takes ${count} parameters, more than ${parameterLimit}` : undefined
  })
}

/** A test without a check can never fail. */
export function findEmptyTests(source: Source): Finding[] {
  return inspect(source, (node) => {
    if (!ts.isCallExpression(node) || node.expression.getText(source.tree) !== 'it') return undefined
    const body = node.arguments[1]
    return body === undefined || /assert|expect|fc\./i.test(body.getText(source.tree))
      ? undefined
      : 'checks nothing'
  })
}

export function findUnrunTests(source: Source): Finding[] {
  return inspect(source, (node) => {
    if (!ts.isPropertyAccessExpression(node)) return undefined
    const [owner, member] = [node.expression.getText(source.tree), node.name.text]
    const isTest = ['it', 'describe', 'suite', 'test', 'this'].includes(owner)
    return isTest && ['skip', 'only'].includes(member) ? `says ${owner}.${member}` : undefined
  })
}

/** `test/unit/core/x.test.ts` tests `src/core/x.ts`. */
export function findUnmirroredTests(source: Source, exists: (path: string) => boolean): Finding[] {
  const mirrored = /^test\/unit\/(.+)\.test\.ts$/.exec(source.path)?.[1]
  if (mirrored === undefined) return []
  const candidates = [`src/${mirrored}`, mirrored].flatMap((path) =>
    ['.ts', '.tsx', '.mjs'].map((end) => path + end),
  )
  return candidates.some(exists) ? [] : [`${source.path} mirrors no source file`]
}
