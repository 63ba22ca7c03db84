import ts from 'typescript'
import { type Finding, inspect, type Source } from './sources.js'

const sqlOpening =
  /^\s*(?:SELECT|INSERT|UPDATE|DELETE|REPLACE|WITH|CREATE|DROP|ALTER|PRAGMA|ATTACH|FROM|WHERE)\s/

/** What a database takes SQL by, and what a database is called. */
const methods: ReadonlySet<string> = new Set(['run', 'get', 'all', 'exec', 'prepare'])
const databaseName = /(?:^|\.)(?:database|sqlite|db)$/i

interface Names {
  /** Constants and functions of the module, and what it imports. */
  readonly all: ReadonlySet<string>
  readonly functions: ReadonlyMap<string, ts.FunctionDeclaration>
}

function importedNames({ importClause }: ts.ImportDeclaration): string[] {
  const bindings = importClause?.namedBindings
  return bindings !== undefined && ts.isNamedImports(bindings)
    ? bindings.elements.map(({ name }) => name.text)
    : []
}

function namesOf(tree: ts.SourceFile): Names {
  const all = new Set<string>()
  const functions = new Map<string, ts.FunctionDeclaration>()
  for (const statement of tree.statements) {
    if (ts.isImportDeclaration(statement)) for (const name of importedNames(statement)) all.add(name)
    if (ts.isVariableStatement(statement)) {
      for (const { name } of statement.declarationList.declarations) all.add(name.getText(tree))
    }
    if (ts.isFunctionDeclaration(statement) && statement.name !== undefined) {
      functions.set(statement.name.text, statement)
    }
  }
  return { all, functions }
}

function hasOnlyConstantSpans(node: ts.Node, names: Names): boolean {
  if (
    ts.isTemplateExpression(node) &&
    !node.templateSpans.every(({ expression }) => isConstant(expression, names))
  ) {
    return false
  }
  return (
    ts.forEachChild(node, (child) => (hasOnlyConstantSpans(child, names) ? undefined : true)) === undefined
  )
}

function isConstantCall({ expression, arguments: given }: ts.CallExpression, names: Names): boolean {
  const called = ts.isIdentifier(expression) ? names.functions.get(expression.text) : undefined
  if (called !== undefined) return hasOnlyConstantSpans(called, names)
  return (
    isConstant(expression, names) &&
    given.every((each) => ts.isArrowFunction(each) || isConstant(each, names))
  )
}

/** Whether a text is the same in every run: of literals and of what the module itself has written down. */
function isConstant(node: ts.Expression, names: Names): boolean {
  if (ts.isStringLiteralLike(node) || ts.isNumericLiteral(node)) return true
  if (ts.isIdentifier(node)) return names.all.has(node.text)
  if (ts.isCallExpression(node)) return isConstantCall(node, names)
  if (ts.isPropertyAccessExpression(node) || ts.isElementAccessExpression(node))
    return isConstant(node.expression, names)
  if (ts.isConditionalExpression(node))
    return isConstant(node.whenTrue, names) && isConstant(node.whenFalse, names)
  if (ts.isTemplateExpression(node))
    return node.templateSpans.every(({ expression }) => isConstant(expression, names))
  if (ts.isBinaryExpression(node)) return isConstant(node.left, names) && isConstant(node.right, names)
  return false
}

function isSql(node: ts.Node): node is ts.TemplateExpression | ts.BinaryExpression {
  if (ts.isTemplateExpression(node)) return sqlOpening.test(node.head.text)
  return ts.isBinaryExpression(node) && ts.isStringLiteralLike(node.left) && sqlOpening.test(node.left.text)
}

function statementOf(node: ts.Node): ts.Expression | undefined {
  if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return undefined
  const { name, expression } = node.expression
  return methods.has(name.text) && databaseName.test(expression.getText()) ? node.arguments[0] : undefined
}

/** SQL that holds a value instead of a place for one, or that comes from nobody knows where. */
export function findBuiltSql(source: Source): Finding[] {
  const names = namesOf(source.tree)
  return inspect(source, (node) => {
    const statement = isSql(node) ? node : statementOf(node)
    return statement === undefined || isConstant(statement, names) ? undefined : 'builds SQL'
  })
}
