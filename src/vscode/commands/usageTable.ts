import type { CommandRow, MenuPlace } from './table.js'

function inTitle(group: string): MenuPlace {
  return { menu: 'view/title', group, when: 'view == roundhouse.models' }
}

function onRoutes(group: string): MenuPlace {
  const when = 'view == roundhouse.models && viewItem =~ /^(route\\b|group routes)/'
  return { menu: 'view/item/context', group, when }
}

/** Commands about what was asked: usage, budgets, routing, health and the cache. */
export const usageRows = [
  {
    id: 'roundhouse.showUsage',
    title: 'Show Usage…',
    icon: 'graph',
    places: [inTitle('8_usage@1')],
    summary:
      'Show what was used and what it cost, by day, model, served model, connection, caller, workspace, branch, operation or outcome.',
  },
  {
    id: 'roundhouse.exportUsage',
    title: 'Export Usage…',
    icon: 'export',
    summary:
      'Write the usage of a time to a CSV or JSON file; prompts and answers only where they were kept and you choose so.',
  },
  {
    id: 'roundhouse.deleteUsage',
    title: 'Delete Old Usage…',
    icon: 'trash',
    summary: 'Delete the usage that is older than so many days. What budgets count now stays.',
  },
  {
    id: 'roundhouse.deleteTexts',
    title: 'Delete Kept Prompts and Answers…',
    icon: 'trash',
    summary: 'Delete the prompts and answers that `roundhouse.usage.keepTexts` has kept; the usage stays.',
  },
  {
    id: 'roundhouse.showBudgets',
    title: 'Show Budgets',
    icon: 'credit-card',
    places: [inTitle('8_usage@2')],
    summary: 'Show how far each budget is used and when it starts anew.',
  },
  {
    id: 'roundhouse.explainRouting',
    title: 'Explain Routing…',
    icon: 'question',
    places: [inTitle('8_usage@4'), onRoutes('2_route@2')],
    summary: 'Show why a past request went to its model: the ranking, what was left out, and what was tried.',
  },
  {
    id: 'roundhouse.simulateRouting',
    title: 'Simulate Routing…',
    icon: 'beaker',
    places: [onRoutes('2_route@1')],
    summary: 'Show what a route would choose for a prompt. Nothing is sent.',
  },
  {
    id: 'roundhouse.showHealth',
    title: 'Show Health',
    icon: 'pulse',
    places: [inTitle('8_usage@3')],
    summary: 'Show how models and connections did: times, success, speed, cost and a health score.',
  },
  {
    id: 'roundhouse.showSilences',
    title: 'Show Silenced Alerts…',
    icon: 'bell-slash',
    summary:
      'List the alerts that were silenced, with how long each stays so, and end the silence of one or of all.',
  },
  {
    id: 'roundhouse.showCache',
    title: 'Show Cache',
    icon: 'database',
    summary: 'Show what the response cache holds and what it has saved.',
  },
  {
    id: 'roundhouse.clearCache',
    title: 'Clear Cache…',
    icon: 'clear-all',
    summary: 'Forget kept answers: all, those of a connection, or old ones.',
  },
  {
    id: 'roundhouse.showChanges',
    title: 'Show Changes',
    icon: 'history',
    summary:
      'Show when connections, keys, routes, budgets, runtimes and other settings were changed, and when a key was first used, refused or wrong; values are never kept.',
  },
] as const satisfies readonly CommandRow[]
