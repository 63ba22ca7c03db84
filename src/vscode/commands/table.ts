import { usageRows } from './usageTable.js'

/** A place in a menu other than the palette. */
export interface MenuPlace {
  readonly menu: 'view/title' | 'view/item/context'
  readonly group: string
  readonly when: string
}

/** One command: the manifest, the documentation and the registration are all made from these rows. */
export interface CommandRow {
  readonly id: `roundhouse.${string}`
  /** In VS Code's style; a trailing … means that it asks something. */
  readonly title: string
  /** A codicon. */
  readonly icon?: string
  /** When it is in the palette; always where absent. */
  readonly palette?: string
  readonly places?: readonly MenuPlace[]
  /** For the documentation: one sentence. */
  readonly summary: string
}

export const commandCategory = 'Roundhouse'

const inView = 'view == roundhouse.models'

function title(group: string, when = ''): MenuPlace {
  return { menu: 'view/title', group, when: when === '' ? inView : `${inView} && ${when}` }
}

function connection(group: string, flag = ''): MenuPlace {
  const words = flag === '' ? '' : `.*\\b${flag}\\b`
  return { menu: 'view/item/context', group, when: `${inView} && viewItem =~ /^connection\\b${words}/` }
}

function model(group: string, flag = ''): MenuPlace {
  const words = flag === '' ? '' : `.*\\b${flag}\\b`
  return { menu: 'view/item/context', group, when: `${inView} && viewItem =~ /^model\\b${words}/` }
}

function modelOrRoute(group: string): MenuPlace {
  return { menu: 'view/item/context', group, when: `${inView} && viewItem =~ /^(model|route)\\b/` }
}

function chatModelOrRoute(group: string): MenuPlace {
  return {
    menu: 'view/item/context',
    group,
    when: `${inView} && viewItem =~ /^(model\\b.*\\bchat|route)\\b/`,
  }
}

function location(group: string, where: 'cloud' | 'local'): MenuPlace {
  return { menu: 'view/item/context', group, when: `${inView} && viewItem == 'group ${where}'` }
}

export const commandTable = [
  {
    id: 'roundhouse.addConnection',
    title: 'Add Connection…',
    icon: 'add',
    places: [title('navigation@1'), location('inline@1', 'cloud')],
    summary: 'Choose a provider, fill in its fields, enter the key, test it and save it.',
  },
  {
    id: 'roundhouse.manageConnections',
    title: 'Manage Connections…',
    icon: 'settings-gear',
    summary: 'Pick a connection, see its state and choose what to do with it.',
  },
  {
    id: 'roundhouse.editConnection',
    title: 'Edit Connection…',
    icon: 'edit',
    places: [connection('2_edit@1')],
    summary: 'Change a connection’s name, address, fields, patterns or key.',
  },
  {
    id: 'roundhouse.duplicateConnection',
    title: 'Duplicate Connection…',
    places: [connection('2_edit@2')],
    summary: 'Add another connection with the same fields; the key is asked for again.',
  },
  {
    id: 'roundhouse.chooseParameterTemplate',
    title: 'Choose Parameter Template…',
    icon: 'settings',
    places: [connection('2_edit@3'), model('2_edit@1', 'chat')],
    summary:
      'Choose what requests to a connection or to one model carry: precise, balanced, creative, coding, long context, or a template of your own.',
  },
  {
    id: 'roundhouse.enableConnection',
    title: 'Enable Connection',
    icon: 'circle-large-outline',
    places: [connection('inline@4', 'disabled'), connection('3_state@1', 'disabled')],
    summary: 'Offer a connection’s models again.',
  },
  {
    id: 'roundhouse.disableConnection',
    title: 'Disable Connection',
    icon: 'circle-slash',
    places: [connection('inline@4', 'enabled'), connection('3_state@1', 'enabled')],
    summary: 'Keep a connection, but offer none of its models.',
  },
  {
    id: 'roundhouse.removeConnection',
    title: 'Remove Connection…',
    places: [connection('5_remove@1')],
    summary: 'Remove a connection and its key. The settings can be brought back by Undo, the key cannot.',
  },
  {
    id: 'roundhouse.testConnection',
    title: 'Test Connection',
    icon: 'debug-start',
    places: [connection('3_state@2', 'enabled')],
    summary: 'Ask the provider for its models and say how long it took, or what failed.',
  },
  {
    id: 'roundhouse.showConnection',
    title: 'Show Connection State',
    icon: 'info',
    places: [connection('3_state@3')],
    summary: 'Say what a connection’s state is, since when, and what to do about it.',
  },
  {
    id: 'roundhouse.editConnectionsJson',
    title: 'Edit Connections in settings.json',
    icon: 'json',
    places: [title('9_settings@2')],
    summary:
      'Open roundhouse.connections in settings.json: overrides of limits, prices and abilities are made there.',
  },
  {
    id: 'roundhouse.enterKey',
    title: 'Enter Key…',
    icon: 'key',
    places: [
      connection('inline@1', 'keyMissing'),
      connection('4_key@1', '(keyMissing|keyOptional|keyEnvironment)'),
    ],
    summary: 'Enter a connection’s key. It is tested, then kept in VS Code’s secret storage on this machine.',
  },
  {
    id: 'roundhouse.rotateKey',
    title: 'Replace Key…',
    icon: 'key',
    places: [connection('4_key@1', 'keyStored')],
    summary: 'Test a new key, and only then let it take the old one’s place.',
  },
  {
    id: 'roundhouse.forgetKey',
    title: 'Forget Key…',
    places: [connection('4_key@2', 'keyStored')],
    summary: 'Delete a connection’s key from the secret storage.',
  },
  {
    id: 'roundhouse.openKeyPage',
    title: 'Get a Key',
    icon: 'link-external',
    places: [connection('4_key@3', '(keyMissing|keyOptional|keyStored|keyEnvironment)')],
    summary: 'Open the page where the provider makes keys.',
  },
  {
    id: 'roundhouse.addModelFile',
    title: 'Add GGUF File…',
    icon: 'new-file',
    places: [
      title('9_add@1'),
      connection('inline@1', 'files'),
      connection('1_files@1', 'files'),
      location('inline@1', 'local'),
    ],
    summary: 'Run a GGUF model file from disk with the embedded llama.cpp.',
  },
  {
    id: 'roundhouse.removeModelFile',
    title: 'Remove GGUF File…',
    places: [model('5_remove@1', 'file'), connection('1_files@2', 'files')],
    summary: 'Take a GGUF file out of the list; the file itself stays on disk.',
  },
  {
    id: 'roundhouse.refreshModels',
    title: 'Refresh All Models',
    icon: 'refresh',
    places: [title('navigation@3')],
    summary: 'Ask every connection for its models again.',
  },
  {
    id: 'roundhouse.refreshConnection',
    title: 'Refresh Connection',
    icon: 'refresh',
    places: [connection('inline@2', 'enabled'), connection('3_state@0', 'enabled')],
    summary: 'Ask one connection for its models again.',
  },
  {
    id: 'roundhouse.selectModel',
    title: 'Select Model…',
    icon: 'arrow-swap',
    places: [title('1_select@1')],
    summary: 'Search all models and choose the default; the Chat view switches too.',
  },
  {
    id: 'roundhouse.setDefaultModel',
    title: 'Make Default',
    icon: 'star-empty',
    places: [chatModelOrRoute('1_use@2')],
    summary: 'Make a model the default without opening Chat.',
  },
  {
    id: 'roundhouse.useInChat',
    title: 'Use in Chat',
    icon: 'comment-discussion',
    places: [chatModelOrRoute('inline@1'), chatModelOrRoute('1_use@1')],
    summary: 'Make a model the default, open the Chat view and switch it to the model.',
  },
  {
    id: 'roundhouse.copyModelId',
    title: 'Copy Model Id',
    icon: 'copy',
    places: [modelOrRoute('3_copy@1')],
    summary: 'Copy a model’s id, connection/model.',
  },
  {
    id: 'roundhouse.hideModel',
    title: 'Hide Model',
    icon: 'eye-closed',
    places: [model('4_hide@1')],
    summary: 'Leave a model out of every list, by its connection’s exclude patterns.',
  },
  {
    id: 'roundhouse.setTaskModels',
    title: 'Set Models for Tasks…',
    icon: 'checklist',
    places: [title('1_select@2')],
    summary:
      'Choose the models with which VS Code writes titles, commit messages and summaries, edits, plans and explores, and write three agents with models of their own. One click undoes it.',
  },
  {
    id: 'roundhouse.setUtilityModels',
    title: 'Set Utility Models…',
    summary: 'Choose the models for titles, summaries and the like alone; a part of Set Models for Tasks.',
  },
  {
    id: 'roundhouse.filterModels',
    title: 'Filter Models…',
    icon: 'search',
    places: [title('navigation@4', '!roundhouse.filtered')],
    summary: 'Show only the models whose name, id, connection or abilities match.',
  },
  {
    id: 'roundhouse.clearFilter',
    title: 'Clear Filter',
    icon: 'search-stop',
    palette: 'roundhouse.filtered',
    places: [title('navigation@4', 'roundhouse.filtered')],
    summary: 'Show all models again.',
  },
  ...usageRows,
  {
    id: 'roundhouse.setUpChat',
    title: 'Set Up Chat',
    summary: 'Make VS Code’s Chat view usable with your own models, without signing in to anything.',
  },
  {
    id: 'roundhouse.askInChat',
    title: 'Ask in Chat',
    icon: 'comment-discussion',
    summary: 'Set up the Chat view where needed and open it with the default model.',
  },
  {
    id: 'roundhouse.showLog',
    title: 'Show Log',
    icon: 'output',
    places: [title('9_settings@3')],
    summary: 'Open the Roundhouse log. Keys never appear in it.',
  },
  {
    id: 'roundhouse.openSettings',
    title: 'Open Settings',
    icon: 'gear',
    places: [title('9_settings@1')],
    summary: 'Open Roundhouse’s settings.',
  },
  {
    id: 'roundhouse.openWalkthrough',
    title: 'Get Started',
    icon: 'rocket',
    places: [title('9_settings@4')],
    summary: 'Open the walkthrough: a model, Chat, and models for tasks.',
  },
] as const satisfies readonly CommandRow[]

export type CommandId = (typeof commandTable)[number]['id']
