/** What a model for a task is best at: quick and cheap, the most able, or the one that reads the most at once. */
export type TaskRole = 'fast' | 'capable' | 'longest'

/** A task for which VS Code has a setting that names a model. */
export interface TaskRow {
  /** VS Code's own setting. */
  readonly key: string
  readonly title: string
  readonly placeholder: string
  /** How the setting names a model: `vendor/id`, or `Name (vendor)`, by which VS Code finds the first of that name. */
  readonly form: 'id' | 'name'
  readonly role: TaskRole
  /** VS Code offers it models that call tools alone. */
  readonly needsTools: boolean
  /** Background work, for which a model of VS Code's own is missing without an account. */
  readonly isUtility: boolean
}

export const taskTable: readonly TaskRow[] = [
  {
    key: 'chat.utilitySmallModel',
    title: 'Titles and Commit Messages',
    placeholder: 'Writes titles, commit messages and other short texts: fast and cheap is best',
    form: 'id',
    role: 'fast',
    needsTools: false,
    isUtility: true,
  },
  {
    key: 'chat.utilityModel',
    title: 'Summaries and Background Work',
    placeholder: 'Writes summaries and does other work in the background',
    form: 'id',
    role: 'fast',
    needsTools: false,
    isUtility: true,
  },
  {
    key: 'inlineChat.defaultModel',
    title: 'Edits in the Editor',
    placeholder: 'Changes code where the cursor is, in inline chat',
    form: 'name',
    role: 'capable',
    needsTools: true,
    isUtility: false,
  },
  {
    key: 'chat.planAgent.defaultModel',
    title: 'Plan Agent',
    placeholder: 'Plans a change before anything is written: the most capable is best',
    form: 'name',
    role: 'capable',
    needsTools: true,
    isUtility: false,
  },
  {
    key: 'chat.exploreAgent.defaultModel',
    title: 'Explore Agent',
    placeholder: 'Looks through the code for other agents: fast is best',
    form: 'name',
    role: 'fast',
    needsTools: true,
    isUtility: false,
  },
]

/** An agent of Roundhouse's, written as an `.agent.md` file that the user may change. */
export interface AgentRow {
  readonly file: string
  readonly name: string
  readonly description: string
  readonly role: TaskRole
  readonly instructions: string
}

export const agentTable: readonly AgentRow[] = [
  {
    file: 'roundhouse-general.agent.md',
    name: 'General',
    description: 'Everyday questions, answered by a small and fast model.',
    role: 'fast',
    instructions: 'Answer briefly. Use a tool only where the answer needs it.',
  },
  {
    file: 'roundhouse-code.agent.md',
    name: 'Code',
    description: 'Writes and changes code with the most capable model.',
    role: 'capable',
    instructions:
      'Read the code before you change it. Work in small steps, run the tests of what you change, and say what you changed and why.',
  },
  {
    file: 'roundhouse-research.agent.md',
    name: 'Research',
    description: 'Reads much at once with the largest context.',
    role: 'longest',
    instructions:
      'Read whole files before you answer, compare what they say, and name where each fact is from. Change no file unless you are asked to.',
  },
]
