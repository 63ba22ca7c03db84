import ts from 'typescript'
import { type Finding, inspect, lineOf, nodesOf, type Source } from './sources.js'

export function findAny(source: Source): Finding[] {
  return inspect(source, (node) => (node.kind === ts.SyntaxKind.AnyKeyword ? 'says any' : undefined))
}

function isCast(node: ts.Node): node is ts.AsExpression | ts.TypeAssertion {
  return ts.isAsExpression(node) || ts.isTypeAssertionExpression(node)
}

function withoutParentheses(node: ts.Expression): ts.Expression {
  return ts.isParenthesizedExpression(node) ? withoutParentheses(node.expression) : node
}

/** A cast of a cast makes anything of anything. */
export function findDoubleCasts(source: Source): Finding[] {
  return inspect(source, (node) =>
    isCast(node) && isCast(withoutParentheses(node.expression)) ? 'casts a cast' : undefined,
  )
}

export function findNonNullAssertions(source: Source): Finding[] {
  return inspect(source, (node) =>
    ts.isNonNullExpression(node) ? 'asserts that a value is there' : undefined,
  )
}

const silencer = /@ts-(?:ignore|expect-error|nocheck)|\b(?:eslint|oxlint)-disable(?!\S* \S+ -- \S)/g

/** Texts that speak of silencing, as a generator's do, silence nothing. */
function literalsOf(source: Source): ts.Node[] {
  return [...nodesOf(source.tree)].filter(
    (node) => ts.isStringLiteralLike(node) || ts.isTemplateExpression(node),
  )
}

export function findSilencers(source: Source): Finding[] {
  const literals = literalsOf(source)
  return [...source.text.matchAll(silencer)].flatMap(({ 0: word, index }) => {
    const isText = literals.some((node) => node.getStart(source.tree) <= index && index < node.end)
    return isText ? [] : [`${source.path}:${lineOf(source, index)} silences a tool by ${word}`]
  })
}

function hasModifier(node: ts.Node, kind: ts.SyntaxKind): boolean {
  return (
    ts.canHaveModifiers(node) && (ts.getModifiers(node)?.some((modifier) => modifier.kind === kind) ?? false)
  )
}

export function findDefaultExports(source: Source): Finding[] {
  return inspect(source, (node) => {
    const isDefault =
      ts.isExportAssignment(node) ||
      hasModifier(node, ts.SyntaxKind.DefaultKeyword) ||
      (ts.isExportSpecifier(node) && node.name.text === 'default')
    return isDefault ? 'exports by default' : undefined
  })
}

export function findPrefixedTypes(source: Source): Finding[] {
  return inspect(source, (node) => {
    const isType =
      ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node) || ts.isClassDeclaration(node)
    return isType && /^I[A-Z][a-z]/.test(node.name?.text ?? '')
      ? `calls a type ${node.name?.text}`
      : undefined
  })
}

/** State that no owner disposes of, and that every test shares. */
export function findModuleState(source: Source): Finding[] {
  return source.tree.statements.flatMap((statement) => {
    const isMutable =
      ts.isVariableStatement(statement) && (statement.declarationList.flags & ts.NodeFlags.Const) === 0
    return isMutable && !hasModifier(statement, ts.SyntaxKind.DeclareKeyword)
      ? [`${source.path}:${lineOf(source, statement.getStart(source.tree))} holds state in a module`]
      : []
  })
}

const hostGlobals = new Set(['process', 'Buffer', '__dirname', '__filename', 'global', 'setImmediate'])
const timeCalls =
  /^(?:Date\.now|performance\.now|setTimeout|setInterval|AbortSignal\.timeout|globalThis\.(?:setTimeout|setInterval|fetch)|fetch)$/

function isName(node: ts.Identifier): boolean {
  const parent = node.parent
  const isMember = ts.isPropertyAccessExpression(parent) && parent.name === node
  return isMember || ('name' in parent && parent.name === node)
}

/** What the core must ask a port for: the time, the network, the host. */
export function findPortsPassedBy(source: Source): Finding[] {
  return inspect(source, (node) => {
    if (ts.isIdentifier(node) && hostGlobals.has(node.text) && !isName(node)) return `uses ${node.text}`
    if (
      ts.isNewExpression(node) &&
      node.expression.getText(source.tree) === 'Date' &&
      !node.arguments?.length
    ) {
      return 'asks the machine for the time'
    }
    const called = ts.isCallExpression(node) ? node.expression.getText(source.tree) : ''
    return timeCalls.test(called) ? `calls ${called}` : undefined
  })
}

const suspectedSecret = /\b(?:sk-[A-Za-z0-9]{20,}|AIza[A-Za-z0-9_-]{30,}|gh[pousr]_[A-Za-z0-9]{30,})\b/

export function findSecrets(source: Source): Finding[] {
  return suspectedSecret.test(source.text) ? [`${source.path} holds what looks like a key`] : []
}
