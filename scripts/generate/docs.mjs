// The tables of docs/commands.md and docs/settings.md.

export const notice = '<!-- Written by `npm run generate`; edit the tables it is made from. -->'

/** @param {readonly string[]} cells */
function tableRow(cells) {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`
}

/** @param {readonly string[]} head @param {readonly (readonly string[])[]} rows */
export function table(head, rows) {
  return [tableRow(head), tableRow(head.map(() => '---')), ...rows.map(tableRow)].join('\n')
}

/** @param {{ commandTable: readonly import('../../src/vscode/commands/table.ts').CommandRow[], commandCategory: string }} sources */
export function commandsDocument({ commandTable, commandCategory }) {
  const rows = commandTable.map((row) => [`${commandCategory}: ${row.title}`, `\`${row.id}\``, row.summary])
  return `# Commands

${notice}

Each is in the palette under ${commandCategory}. Commands about a connection or a model take its id as an argument,
\`connection\` or \`connection/model\`, so that a keybinding can name one; without it they ask.

${table(['Command', 'Id', 'What it does'], rows)}
`
}

/** @param {import('../../src/core/provider.ts').ConnectionField} field */
function fieldRow(field) {
  const options = field.options === undefined ? '' : ` (${field.options.join(', ')})`
  return [
    `\`${field.id}\``,
    `${field.type}${options}`,
    field.required === true ? 'yes' : '',
    field.description,
  ]
}

/** @param {import('../../src/core/provider.ts').Provider} provider */
function providerSection(provider) {
  const variables = [...(provider.key?.environmentVariables ?? []), provider.baseUrlVariable ?? ''].filter(
    (name) => name !== '',
  )
  const facts = [
    provider.description.replace(/\.?$/, '.'),
    provider.baseUrl === undefined ? '' : `Address: \`${provider.baseUrl}\`.`,
    provider.key === undefined ? 'No key.' : provider.key.required ? 'Needs a key.' : 'A key is optional.',
    variables.length === 0 ? '' : `Environment: ${variables.map((name) => `\`${name}\``).join(', ')}.`,
  ]
  const fields =
    provider.fields.length === 0
      ? ''
      : `\n${table(['Field', 'Type', 'Needed', 'Meaning'], provider.fields.map(fieldRow))}\n`
  return `### ${provider.name} (\`${provider.id}\`)

${facts.filter((fact) => fact !== '').join(' ')}
${fields}`
}

const commonFields = [
  ['`id`', 'yes', 'Short and unique: lower-case letters, digits and hyphens. Model ids begin with it.'],
  ['`provider`', 'yes', 'One of the providers below.'],
  ['`name`', '', 'The name shown; the provider’s name where absent.'],
  ['`enabled`', '', '`false`: its models are not offered.'],
  [
    '`baseUrl`',
    '',
    'Where the API answers; the provider’s own address where absent. A key is only sent to the origin it was entered for.',
  ],
  ['`include`', '', 'Patterns of model ids, `*` is any text; only these are offered.'],
  ['`exclude`', '', 'Patterns of model ids that are left out.'],
  [
    '`models`',
    '',
    'Your own facts by model id, stronger than all others: `name`, `family`, `contextWindow`, `maxInputTokens`, `maxOutputTokens`, `reasoningEfforts`, `capabilities`, `pricing` (USD per million tokens), `refusedParameters`; and for the model alone `parameters`, `template` and `extraBody` (merged into the body of every request).',
  ],
  ['`parameters`', '', 'Sent with every request: see [Parameters](#parameters).'],
  ['`template`', '', 'The name of a parameter template.'],
  [
    '`limits`',
    '',
    '`requestsPerMinute`, `tokensPerMinute` and `requestsAtOnce`, counted by all windows together; requests above them wait in their order.',
  ],
  [
    '`cache`',
    '',
    '`completions`, `embeddings`, `sampled` and `ttlMs`: what is kept of its answers, in place of `roundhouse.cache.*`.',
  ],
]

const parametersText = `A request’s own parameters come before the model’s, those before the connection’s, and the template’s come last.
\`null\` leaves a parameter to the model. What a provider or a model does not take is left out, and the log says so.
“Roundhouse: Choose Parameter Template” sets a connection’s or a model’s \`template\`, and saves parameters as a template of
your own; those are the setting \`roundhouse.parameterTemplates\`, by name. A model whose \`template\` is \`null\` has none,
whatever its connection has. Models that only embed or rank texts take no parameters, and are not offered templates.

The reasoning effort of a model whose levels are known, or stated as its \`reasoningEfforts\`, can also be chosen beside
it in VS Code’s model picker; that is as strong as a request’s own. For all others, and for good, it is a parameter of
the model, or of a template:

\`\`\`json
"roundhouse.connections": [
  {
    "id": "openai", "provider": "openai",
    "template": "coding",
    "models": {
      "gpt-5.4": { "parameters": { "reasoningEffort": "high" } },
      "gpt-5.4-mini": { "template": "precise", "parameters": { "reasoningEffort": null } }
    }
  }
]
\`\`\``

/** @param {import('../../src/core/parameters/templates.ts').ParameterTemplate} template */
function templateRow({ name, description, parameters }) {
  const values = Object.entries(parameters).map(([parameter, value]) => `${parameter} ${value}`)
  return [`\`${name}\``, values.join(', '), description]
}

/** @param {Readonly<Record<string, { readonly description?: string }>>} properties */
function parameterRows(properties) {
  return Object.entries(properties).map(([name, { description = '' }]) => [`\`${name}\``, description])
}

/** @param {{ settings: ReturnType<import('./settings.mjs').settingRows>, parameterTemplates: readonly import('../../src/core/parameters/templates.ts').ParameterTemplate[], providers: readonly import('../../src/core/provider.ts').Provider[] }} sources */
export function settingsDocument({ settings, parameterTemplates, providers }) {
  const { schema } = settings.find((row) => row.key === 'roundhouse.parameterTemplates')
  const rows = settings.map((row) => [`\`${row.key}\``, row.scope, row.description])
  return `# Settings

${notice}

${table(['Setting', 'Scope', 'Meaning'], rows)}

All belong to the user: a workspace can neither add a connection nor redirect one. A setting of the scope \`resource\` is one
that a workspace can make stricter for itself, never looser.

## A connection

${table(['Field', 'Needed', 'Meaning'], commonFields)}

## Parameters

${parametersText}

${table(['Parameter', 'Meaning'], parameterRows(schema.additionalProperties.properties))}

${table(['Template', 'Parameters', 'For'], parameterTemplates.map(templateRow))}

## Providers and their own fields

${providers.map(providerSection).join('\n')}`
}
