// The rows of `contributes.configuration`. The connections' schema comes from the provider table.
import * as z from 'zod/mini'

const connections = {
  key: 'roundhouse.connections',
  scope: 'application',
  description:
    'Your connections to language models: one entry for each, several of one provider are fine. Use “Roundhouse: Add Connection” to add one; keys are never kept here.',
}

const parameterTemplates = {
  key: 'roundhouse.parameterTemplates',
  scope: 'application',
  default: {},
  description:
    'Your own parameter templates, by name; a connection or a model takes one over by its `template`. One that is named like one of Roundhouse’s own takes its place.',
}

const routes = {
  key: 'roundhouse.routes',
  scope: 'application',
  default: [],
  description:
    'Your own routes, offered as models beside `auto` and its kind: which models, what counts, and what is required. See docs/routing.md.',
}

const budgets = {
  key: 'roundhouse.budgets',
  scope: 'application',
  default: [],
  description:
    'Limits in USD, tokens or requests over an hour, a day, a week or a month, for everything or a part of it. A hard one refuses what does not fit. See docs/usage.md.',
}

const workspaceBudgets = {
  key: 'roundhouse.workspaceBudgets',
  scope: 'resource',
  default: [],
  description:
    'For the settings of a workspace: budgets that hold for what is asked in it, in addition to the user’s own, which no workspace can loosen, replace or rename. See docs/usage.md.',
}

const alerts = {
  key: 'roundhouse.alerts.rules',
  scope: 'application',
  default: [],
  description:
    'Your own rules for what you are told of models and connections, beside Roundhouse’s own or in their place: a metric, a border, a scope, a window. See docs/health.md.',
}

/** What zod writes out of thoroughness and nobody needs to read. */
function withoutNoise(value) {
  if (Array.isArray(value)) return value.map(withoutNoise)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).filter(
    ([key, each]) =>
      key !== '$schema' &&
      key !== 'propertyNames' &&
      !(key === 'maximum' && each === Number.MAX_SAFE_INTEGER) &&
      !(key === 'minimum' && each === Number.MIN_SAFE_INTEGER),
  )
  return Object.fromEntries(entries.map(([key, each]) => [key, withoutNoise(each)]))
}

/** @param {import('zod/mini').ZodMiniType} schema */
function toSchema(schema) {
  return withoutNoise(z.toJSONSchema(schema, { target: 'draft-7', io: 'input' }))
}

function same(a, b) {
  return JSON.stringify(a) === JSON.stringify(b)
}

/** The properties that every alternative has alike. */
function sharedProperties(alternatives) {
  const [first, ...rest] = alternatives
  const shared = Object.entries(first.properties).filter(([key, value]) =>
    rest.every((other) => same(other.properties[key], value)),
  )
  return Object.fromEntries(shared)
}

/** What holds for one provider only. */
function providerRule(alternative, shared, required) {
  const own = Object.entries(alternative.properties).filter(([key]) => key !== 'provider' && !(key in shared))
  const needed = alternative.required.filter((key) => !required.includes(key))
  return {
    if: {
      properties: { provider: { const: alternative.properties.provider.const } },
      required: ['provider'],
    },
    // oxlint-disable-next-line unicorn/no-thenable -- a keyword of JSON Schema
    then: { properties: Object.fromEntries(own), ...(needed.length === 0 ? {} : { required: needed }) },
  }
}

/**
 * One alternative for each provider, as zod has it, becomes what they share and a rule for each: a tenth of the size,
 * and VS Code completes and complains by the provider that is written there.
 * @param {import('zod/mini').ZodMiniType} schema
 */
function toSettingsSchema(schema) {
  const { items } = toSchema(schema)
  const alternatives = items.anyOf
  const shared = sharedProperties(alternatives)
  const required = alternatives[0].required.filter((key) =>
    alternatives.every((each) => each.required.includes(key)),
  )
  const ids = alternatives.map((each) => each.properties.provider)
  const provider = {
    type: 'string',
    enum: ids.map((each) => each.const),
    enumDescriptions: ids.map((each) => each.description),
  }
  return {
    type: 'array',
    items: {
      type: 'object',
      required,
      defaultSnippets: [{ label: 'Connection', body: { id: '$1', provider: '$2' } }],
      properties: { provider, ...shared },
      allOf: alternatives.map((each) => providerRule(each, shared, required)),
    },
  }
}

/**
 * @param {import('../../src/vscode/settingsTable.ts').SettingRow} row
 * @param {import('../../src/vscode/settingRules.ts').SettingRule<unknown>} rule
 */
function simpleRow({ key, default: usual }, { scope, schema, description }) {
  return { key, scope, default: usual, description, schema: toSchema(schema) }
}

/**
 * @param {{ connectionsSchema: (providers: readonly unknown[]) => import('zod/mini').ZodMiniType, parameterTemplatesSchema: import('zod/mini').ZodMiniType, settingsTable: typeof import('../../src/vscode/settingsTable.ts').settingsTable, settingRules: typeof import('../../src/vscode/settingRules.ts').settingRules, writtenDefault: readonly unknown[], routeList: typeof import('../../src/vscode/policies/routeSchema.ts').routeList, budgetList: typeof import('../../src/vscode/policies/budgetSchema.ts').budgetList, workspaceBudgetList: typeof import('../../src/vscode/policies/workspaceBudgets.ts').workspaceBudgetList, alertList: typeof import('../../src/vscode/policies/alertSchema.ts').alertList, providers: readonly unknown[] }} sources
 */
export function settingRows({
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
}) {
  const { defaultModel, ...others } = settingsTable
  return [
    { ...connections, default: writtenDefault, schema: toSettingsSchema(connectionsSchema(providers)) },
    simpleRow(defaultModel, settingRules.defaultModel),
    { ...parameterTemplates, schema: toSchema(parameterTemplatesSchema) },
    { ...routes, schema: toSchema(z.array(routeList.schema)) },
    { ...budgets, schema: toSchema(z.array(budgetList.schema)) },
    { ...workspaceBudgets, schema: toSchema(z.array(workspaceBudgetList.schema)) },
    { ...alerts, schema: toSchema(z.array(alertList.schema)) },
    ...Object.values(others).map((row) => simpleRow(row, settingRules[row.name])),
  ]
}
