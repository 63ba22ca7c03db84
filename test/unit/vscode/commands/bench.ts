import { createCredentials } from '../../../../src/core/credentials/createCredentials.js'
import { ModelError } from '../../../../src/core/errors.js'
import { createEmitter } from '../../../../src/core/event.js'
import type { ModelFacts } from '../../../../src/core/model.js'
import type { ParameterTemplates } from '../../../../src/core/parameters/templates.js'
import type { Environment } from '../../../../src/core/ports.js'
import type { Connection, Provider } from '../../../../src/core/provider.js'
import { createConnectionTests } from '../../../../src/core/registry/connectionTests.js'
import { createRegistry } from '../../../../src/core/registry/createRegistry.js'
import { createHealthRecords } from '../../../../src/core/registry/healthRecords.js'
import { createRoutedRegistry } from '../../../../src/core/routing/routedRegistry.js'
import { routeModels } from '../../../../src/core/routing/routeModels.js'
import { createRouteTable } from '../../../../src/core/routing/routeTable.js'
import type { CommandServices } from '../../../../src/vscode/commands/services.js'
import type { AgentFiles, AgentFolder, Host } from '../../../../src/vscode/commands/ui.js'
import { createActiveModel } from '../../../../src/vscode/views/activeModel.js'
import { createRecentModels } from '../../../../src/vscode/views/recentModels.js'
import { createManualClock } from '../../../fakes/manualClock.js'
import {
  createMemoryConnections,
  createMemoryFiles,
  createMemoryLog,
  createMemorySecrets,
} from '../../../fakes/memoryStores.js'
import { createProviderPorts, createScriptedProvider } from '../../../fakes/scriptedProvider.js'
import { createScriptedUi, type Move } from './scriptedUi.js'

const noRequirements = {}
const noRoutes = {
  routes: createRouteTable({ routes: () => [], weights: () => 'balanced' }),
  policy: () => noRequirements,
  onDidChangeRoutes: () => ({ dispose: () => {} }),
}

export interface MemoryHost extends Host {
  readonly executed: { readonly command: string; readonly args: readonly unknown[] }[]
  readonly copied: string[]
  readonly saved: { readonly name: string; readonly text: string }[]
  readonly settings: Map<string, unknown>
  readonly remembered: Map<string, unknown>
  /** By path; what agents are read from and written to. */
  readonly files: Map<string, string>
  readonly folders: AgentFolder[]
  /** Settings that this VS Code does not have. */
  readonly missing: Set<string>
  /** Settings that cannot be written, as where a policy sets them. */
  readonly refused: Set<string>
  /** What Chat is; `workbench.action.chat.manage` turns it on, as in VS Code. */
  chat: { enabled: boolean; failWith?: Error }
}

function createMemoryAgents(files: Map<string, string>, folders: readonly AgentFolder[]): AgentFiles {
  return {
    folders: () => folders,
    read: async (path) => files.get(path),
    async write(path, text) {
      if (text === undefined) files.delete(path)
      else files.set(path, text)
    },
  }
}

function createMemoryHost(): MemoryHost {
  const executed: MemoryHost['executed'] = []
  const copied: string[] = []
  const saved: MemoryHost['saved'] = []
  const settings = new Map<string, unknown>()
  const remembered = new Map<string, unknown>()
  const files = new Map<string, string>()
  const folders: AgentFolder[] = [{ label: 'For You', path: '/home/me/agents' }]
  const missing = new Set<string>()
  const refused = new Set<string>()
  const chat: MemoryHost['chat'] = { enabled: true }
  return {
    executed,
    copied,
    saved,
    settings,
    remembered,
    chat,
    async execute(command, ...args) {
      executed.push({ command, args })
      if (command === 'workbench.action.chat.manage') chat.enabled = true
      if (command.startsWith('workbench.action.chat.change') && chat.failWith) throw chat.failWith
      return undefined
    },
    async executeAndClose(command, until) {
      await this.execute(command)
      await until()
    },
    async openExternal() {},
    async saveText(name, text) {
      saved.push({ name, text })
      return `/saved/${name}`
    },
    async copy(text) {
      copied.push(text)
    },
    readSetting: (key) => settings.get(key),
    hasSetting: (key) => !missing.has(key),
    async writeSetting(key, value) {
      if (refused.has(key)) throw new Error(`Unable to write ${key}`)
      settings.set(key, value)
    },
    chatIsEnabled: () => chat.enabled,
    memory: {
      get: (key) => remembered.get(key),
      update: async (key, value) => void remembered.set(key, value),
    },
    missing,
    refused,
    files,
    folders,
    agentFiles: createMemoryAgents(files, folders),
  }
}

function createMemoryDefault() {
  const changed = createEmitter<void>()
  let model: string | undefined
  return {
    get: () => model,
    async set(value: string) {
      model = value
      changed.fire()
    },
    onDidChange: changed.event,
  }
}

/** The user's own templates, from none on. */
function createMemoryTemplates(): CommandServices['parameterTemplates'] {
  let templates: ParameterTemplates = {}
  return {
    get: () => templates,
    async save(name, parameters) {
      const { [name]: _, ...others } = templates
      templates = parameters === undefined ? others : { ...others, [name]: parameters }
    },
  }
}

function createMemoryFilter(): CommandServices['treeFilter'] {
  let filter = ''
  return { filter: () => filter, setFilter: (text) => void (filter = text) }
}

/** What pages were shown, and what they need of the settings. */
function createPages() {
  const shown: { readonly name: string; readonly text: string }[] = []
  const reports = { show: async (name: string, text: string) => void shown.push({ name, text }) }
  const parameterTemplates = createMemoryTemplates()
  const settingProblems = { list: () => [], onDidChange: () => ({ dispose: () => {} }) }
  const readCallerContext = () => ({ workspace: 'project', branch: 'main' })
  const settings = {
    parameterTemplates,
    settingProblems,
    readCallerContext,
    timeZone: () => 'UTC',
    keepsAnswers: () => true,
  }
  return { shown, reports, ...settings }
}

export interface BenchOptions {
  readonly connections?: readonly Connection[]
  readonly environment?: Environment
  readonly moves?: readonly Move[]
  /** The cloud's list is given to anybody. */
  readonly publicList?: boolean
  /** Where the server of the local provider is found. */
  readonly foundAt?: string
  readonly inspectModelFile?: (file: string) => Promise<ModelFacts>
  readonly loadPipeline?: CommandServices['loadPipeline']
}

/** A cloud provider whose keys begin with `good-key`, a local one without keys, and the embedded one. */
function createProviders({ publicList: isPublic = false, foundAt }: BenchOptions) {
  const scripted = createScriptedProvider({
    id: 'cloud',
    name: 'Cloudy',
    key: {
      required: true,
      url: 'https://cloudy.test/keys',
      environmentVariables: ['CLOUDY_API_KEY', 'CLOUDY_TOKEN'],
    },
    fields: [
      { id: 'organization', label: 'Organization', type: 'text', description: 'Whom to bill.', asked: true },
      { id: 'retries', label: 'Retries', type: 'number', description: 'How often.', minimum: 0, maximum: 5 },
    ],
    mayCacheForAnHour: (_, modelId) => modelId === 'hourly',
  })
  const local = createScriptedProvider({
    id: 'local',
    name: 'Localhost',
    location: 'local',
    baseUrl: 'http://127.0.0.1:9',
    baseUrlVariable: 'LOCAL_HOST',
    ...(foundAt === undefined ? {} : { heldBaseUrl: () => foundAt }),
  })
  const { baseUrl: _none, ...embedded } = createScriptedProvider({
    id: 'llamacpp',
    name: 'Embedded',
    location: 'local',
    fields: [{ id: 'files', label: 'Files', type: 'files', description: 'GGUF files.', required: true }],
  })
  const cloud: Provider = {
    ...scripted,
    async listModels(context) {
      if (isPublic || context.key?.startsWith('good-key') === true) return scripted.listModels(context)
      throw new ModelError({ code: 'unauthorized', message: 'Cloudy refused the key. Enter another one.' })
    },
  }
  scripted.answerLists([{ id: 'small' }, { id: 'large', contextWindow: 200_000 }])
  local.answerLists([{ id: 'tiny' }])
  return { scripted, cloud, local, embedded }
}

/** The real registry, credentials and test over memory and scripted providers; only the user and VS Code are played. */
export function createBench(options: BenchOptions = {}) {
  const { scripted, ...rows } = createProviders(options)
  const providers = Object.values(rows)
  const [clock, log, secrets] = [createManualClock(), createMemoryLog(), createMemorySecrets()]
  const ports = createProviderPorts(clock)
  const connections = createMemoryConnections(options.connections ?? [])
  const credentials = createCredentials({ secrets, providers, environment: options.environment ?? {}, log })
  const files = createMemoryFiles()
  const tests = createConnectionTests({ files, clock, log })
  const sources = { connections, credentials, providers, catalogs: [], tests }
  const registry = createRegistry({ ...sources, files, ports, inUse: () => true })
  const healthRecords = createHealthRecords()
  const ui = createScriptedUi(...(options.moves ?? []))
  const host = createMemoryHost()
  const defaultModel = createMemoryDefault()
  const recentModels = createRecentModels(host.memory)
  const { shown, ...pages } = createPages()
  const services: CommandServices = {
    ui,
    host,
    providers,
    environment: options.environment ?? {},
    connections,
    credentials,
    registry,
    healthRecords,
    routed: createRoutedRegistry(registry, { ...noRoutes, routeModels: () => routeModels, clock }),
    testConnection: async (candidate, signal) => tests.run({ ports, ...candidate, signal }),
    rememberTest: async (connection) => tests.remember(connection),
    inspectModelFile: async (file) => (options.inspectModelFile ?? (async () => ({})))(file),
    loadPipeline: options.loadPipeline ?? (() => Promise.reject(new Error('No pipeline was given.'))),
    ...pages,
    defaultModel,
    activeModel: createActiveModel({ registry, setting: defaultModel, recentModels }),
    recentModels,
    treeFilter: createMemoryFilter(),
    showLog: () => void host.executed.push({ command: 'showLog', args: [] }),
    clock,
    log,
  }
  return {
    services,
    ui,
    host,
    secrets,
    connections,
    credentials,
    registry,
    healthRecords,
    ...rows,
    scripted,
    shown,
    clock,
    log,
  }
}

export type Bench = ReturnType<typeof createBench>
