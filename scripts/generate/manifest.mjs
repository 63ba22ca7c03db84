// package.json's contributions, made from the tables in src/vscode.

/** @typedef {import('../../src/vscode/commands/table.ts').CommandRow} CommandRow */

/** @param {readonly CommandRow[]} table @param {string} category */
function commands(table, category) {
  return table.map(({ id, title, icon }) => ({
    command: id,
    title,
    category,
    ...(icon === undefined ? {} : { icon: `$(${icon})` }),
  }))
}

/** @param {readonly CommandRow[]} table */
function menus(table) {
  const palette = table
    .filter((row) => row.palette !== undefined)
    .map((row) => ({ command: row.id, when: row.palette }))
  const places = table.flatMap((row) => (row.places ?? []).map((place) => ({ row, place })))
  const inMenu = (/** @type {string} */ menu) =>
    places
      .filter(({ place }) => place.menu === menu)
      .map(({ row, place }) => ({ command: row.id, when: place.when, group: place.group }))
  return {
    commandPalette: palette,
    'view/title': inMenu('view/title'),
    'view/item/context': inMenu('view/item/context'),
  }
}

/** @param {ReturnType<import('./settings.mjs').settingRows>} rows */
function configuration(rows) {
  const properties = rows.map((row) => [
    row.key,
    { ...row.schema, scope: row.scope, default: row.default, markdownDescription: row.description },
  ])
  return { title: 'Roundhouse', properties: Object.fromEntries(properties) }
}

/** @param {typeof import('../../src/vscode/views/table.ts')} views */
function walkthroughs({ walkthrough, walkthroughSteps }) {
  const steps = walkthroughSteps.map((step) => ({
    id: step.id,
    title: step.title,
    description: step.description.join('\n\n'),
    media: { markdown: step.media },
    completionEvents: step.completionEvents,
  }))
  return [{ ...walkthrough, steps }]
}

/**
 * The parts of package.json that are generated; the others are kept by hand.
 * @param {{ commandTable: readonly CommandRow[], commandCategory: string, settings: ReturnType<import('./settings.mjs').settingRows>, views: typeof import('../../src/vscode/views/table.ts') }} sources
 */
export function manifestParts({ commandTable, commandCategory, settings, views }) {
  return {
    categories: ['AI', 'Chat', 'Machine Learning'],
    keywords: [
      'language-models',
      'llm',
      'chat',
      'byok',
      'ollama',
      'openai',
      'anthropic',
      'llama.cpp',
      'gguf',
      'vllm',
      'local models',
    ],
    icon: 'media/icon.png',
    activationEvents: ['onStartupFinished'],
    capabilities: {
      untrustedWorkspaces: {
        supported: 'limited',
        description:
          'In Restricted Mode no local process is started and nothing in the workspace can change a connection.',
        // A workspace may always tighten what is the user's.
        restrictedConfigurations: settings.filter((row) => row.scope === 'application').map((row) => row.key),
      },
      virtualWorkspaces: true,
    },
    contributes: {
      // Deprecated, but without it VS Code's own "Add Models" would not list us: connections are managed by us.
      languageModelChatProviders: [
        {
          vendor: 'roundhouse',
          displayName: 'Roundhouse',
          managementCommand: 'roundhouse.manageConnections',
        },
      ],
      configuration: configuration(settings),
      viewsContainers: { activitybar: [views.viewContainer] },
      views: { [views.viewContainer.id]: views.viewTable },
      viewsWelcome: views.welcomeTable.map((row) => ({ view: row.view, contents: row.contents.join('\n') })),
      commands: commands(commandTable, commandCategory),
      menus: menus(commandTable),
      walkthroughs: walkthroughs(views),
    },
  }
}
