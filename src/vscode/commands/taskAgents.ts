import type { CommandServices } from './services.js'
import { runSteps, type Step } from './steps.js'
import { realModels } from './taskRanks.js'
import { modelRows, qualifiedName } from './taskRows.js'
import { type AgentRow, agentTable } from './taskTable.js'
import type { AgentFolder } from './ui.js'

/** Double quotes mean the same in YAML as in JSON, whatever a model is called. */
const quote = (text: string): string => JSON.stringify(text)

function freshText({ name, description, instructions }: AgentRow, model: string): string {
  return `---\nname: ${name}\ndescription: ${description}\nmodel: ${quote(model)}\n---\n\n${instructions}\n`
}

/** The agent's file with that model; all else that the user has written in it stays. */
function agentText(agent: AgentRow, model: string, present: string | undefined): string {
  const head = present === undefined ? null : /^---\r?\n[\s\S]*?\r?\n---/.exec(present)
  if (present === undefined || head === null) return freshText(agent, model)
  const line = `model: ${quote(model)}`
  const named = /^model:.*(\r?\n(?:[ \t]+|- ).*)*/m
  const changed = named.test(head[0])
    ? head[0].replace(named, () => line)
    : head[0].replace(/\r?\n---$/, (end) => `\n${line}${end}`)
  return changed + present.slice(head[0].length)
}

function modelOf(text: string | undefined): string | undefined {
  const [, written = ''] = /^model:[ \t]*(.+?)[ \t]*\r?$/m.exec(text ?? '') ?? []
  return written === '' ? undefined : written.replace(/^(["'])(.*)\1$/, '$2')
}

async function chooseFolder(services: CommandServices): Promise<AgentFolder | undefined> {
  const [first, ...others] = services.host.agentFiles.folders()
  if (first === undefined || others.length === 0) return first
  const answer = await services.ui.pick({
    title: 'Agents: Folder',
    placeholder: 'Where the three agents are written',
    rows: [first, ...others].map((folder) => ({
      label: folder.label,
      detail: folder.path,
      icon: 'folder',
      value: folder,
    })),
  })
  return answer.kind === 'value' ? answer.value : undefined
}

interface AgentFile {
  readonly agent: AgentRow
  readonly path: string
  /** As it is; undefined where it is not there yet. */
  readonly text: string | undefined
}

/** By the agent's name. */
type Chosen = ReadonlyMap<string, string>

function stepFor(services: CommandServices, { agent, text }: AgentFile): Step<Chosen> {
  return async (chosen, position) => {
    const rows = modelRows({
      models: realModels(services),
      form: 'name',
      role: agent.role,
      needsTools: true,
      current: chosen.get(agent.name) ?? modelOf(text),
      now: services.clock.now(),
    })
    const answer = await services.ui.pick({
      title: `Agent: ${agent.name}`,
      placeholder: agent.description,
      rows,
      position,
    })
    if (answer.kind !== 'value') return answer
    return { kind: 'value', value: new Map([...chosen, [agent.name, qualifiedName(answer.value)]]) }
  }
}

/** Asks for the model of each agent; the files to write, by path. Undefined where the user gave up. */
export async function chooseAgents(
  services: CommandServices,
): Promise<ReadonlyMap<string, string> | undefined> {
  const folder = await chooseFolder(services)
  if (folder === undefined) return undefined
  const files = await Promise.all(
    agentTable.map(async (agent): Promise<AgentFile> => {
      const path = `${folder.path}/${agent.file}`
      return { agent, path, text: await services.host.agentFiles.read(path) }
    }),
  )
  const steps = files.map((file) => stepFor(services, file))
  const draft: Chosen = new Map()
  const chosen = await runSteps({ draft, stepsFor: () => steps, totalIsKnown: () => true })
  if (chosen === undefined) return undefined
  return new Map(
    files.flatMap(({ agent, path, text }) => {
      const model = chosen.get(agent.name)
      return model === undefined ? [] : [[path, agentText(agent, model, text)] as const]
    }),
  )
}
