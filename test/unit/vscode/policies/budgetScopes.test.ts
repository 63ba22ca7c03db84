import assert from 'node:assert/strict'
import { findVainScopes } from '../../../../src/vscode/policies/budgetScopes.js'
import { createConnection, createScriptedProvider } from '../../../fakes/scriptedProvider.js'

const names = {
  connections: [createConnection({ id: 'work' })],
  providers: [createScriptedProvider({ id: 'cloud' })],
}

describe('findVainScopes', () => {
  const find = (scope: Parameters<typeof findVainScopes>[0][number]['scope']) =>
    findVainScopes([{ id: 'b', limit: 1, ...(scope === undefined ? {} : { scope }) }], names)

  it('names a provider, a connection and a model’s connection that do not exist, and those that do', () => {
    const told = (['provider', 'connection', 'model'] as const).map((kind) => find({ kind, value: 'nope/x' }))
    assert.deepEqual(
      told.map(([problem]) => problem?.message),
      [
        'of the budget “b”: “nope/x” is no provider. Known ones: cloud. Nothing counts in it until this is corrected.',
        'of the budget “b”: “nope/x” is no connection. Known ones: work. Nothing counts in it until this is corrected.',
        'of the budget “b”: “nope/x” names no connection. Known ones: work. Nothing counts in it until this is corrected.',
      ],
    )
    assert.equal(told[0]?.[0]?.path, 'roundhouse.budgets.scope.value')
    assert.match(find({ kind: 'model', value: 'gpt' })[0]?.message ?? '', /write it connection\/model/)
  })

  it('says nothing of what exists, of what only the future knows, and of scopes without a name', () => {
    for (const scope of [
      undefined,
      { kind: 'all' },
      { kind: 'provider' },
      { kind: 'provider', value: 'cloud' },
      { kind: 'connection', value: 'work' },
      { kind: 'model', value: 'work/not-listed-yet' },
      { kind: 'caller', value: 'maker.bot' },
      { kind: 'workspace', value: 'app' },
    ] as const)
      assert.deepEqual(find(scope), [])
  })
})
