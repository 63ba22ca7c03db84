import assert from 'node:assert/strict'
import { providers } from '../../../src/providers/index.js'
import { createAudited } from '../../../src/services/audited.js'
import { createConnectionReader } from '../../../src/vscode/connectionSettings.js'
import { budgetList } from '../../../src/vscode/policies/budgetSchema.js'
import { readList } from '../../../src/vscode/policies/listSetting.js'

const onDidChange = () => ({ dispose: () => {} })

/** What is under audit of these settings, in a window with this environment. */
function read(setting: unknown, environment: Readonly<Record<string, string>> = {}) {
  const { connections, problems } = createConnectionReader(providers, environment)(setting)
  assert.deepEqual(problems, [])
  const { entries } = readList(budgetList, [{ id: 'month', limit: 5 }])
  const policies = {
    written: { budgets: () => entries },
    routes: () => [{ name: 'mine', models: ['work/*'] }],
    keepsTexts: () => false,
    onDidChangeRoutes: onDidChange,
    onDidChangeBudgets: onDidChange,
    onDidChangeKeepsTexts: onDidChange,
  }
  const settings = [
    'roundhouse.connections',
    'roundhouse.routes',
    'roundhouse.budgets',
    'roundhouse.usage.keepTexts',
    'roundhouse.localOnly',
    'roundhouse.alerts.rules',
  ]
  const written = { entries: () => new Map(settings.map((key) => [key, { value: key }])), onDidChange }
  const audited = createAudited({ list: () => connections, onDidChange }, policies, {
    providers,
    environment,
    written,
  })
  return audited.map((one) => [one.subject, Object.fromEntries(one.entries())] as const)
}

const setting = [
  { id: 'here', provider: 'ollama', enabled: false },
  { id: 'work', provider: 'openai', headers: { 'x-team': 'acme' } },
  { id: 'engine', provider: 'llamacpp', files: ['/models/a.gguf'], threads: 4 },
]

describe('what is under audit', () => {
  it('is what the user wrote, without what is there by default', () => {
    assert.deepEqual(read(setting), [
      [
        'connection',
        {
          here: { id: 'here', provider: 'ollama', enabled: false },
          work: { id: 'work', provider: 'openai', headers: { 'x-team': 'acme' } },
          engine: { id: 'engine', provider: 'llamacpp' },
        },
      ],
      ['runtime', { engine: { threads: 4 }, 'engine/a.gguf': {} }],
      ['route', { mine: { name: 'mine', models: ['work/*'] } }],
      ['budget', { month: { id: 'month', limit: 5 } }],
      ['usage', { keepTexts: { enabled: false } }],
      [
        'setting',
        {
          'roundhouse.localOnly': { value: 'roundhouse.localOnly' },
          'roundhouse.alerts.rules': { value: 'roundhouse.alerts.rules' },
        },
      ],
    ])
  })

  it('is the same in every window, whatever its environment says of addresses', () => {
    const elsewhere = { OLLAMA_HOST: '10.1.2.3:11434', OPENAI_BASE_URL: 'https://proxy.example/v1' }
    const { connections } = createConnectionReader(providers, elsewhere)(setting)
    assert.ok(connections.some(({ baseUrl }) => baseUrl?.includes('10.1.2.3')))
    assert.deepEqual(read(setting, elsewhere), read(setting))
  })
})
