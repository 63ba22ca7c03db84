/** What the manifest says of views and the walkthrough; `scripts/generate.mjs` writes it there. */

export const viewContainer = {
  id: 'roundhouse',
  title: 'Roundhouse',
  icon: 'media/roundhouse.svg',
} as const

export const viewTable = [{ id: 'roundhouse.models', name: 'Models', icon: 'media/roundhouse.svg' }] as const

export interface WelcomeRow {
  readonly view: (typeof viewTable)[number]['id']
  readonly contents: readonly string[]
}

export const welcomeTable: readonly WelcomeRow[] = [
  {
    view: 'roundhouse.models',
    contents: [
      'No models yet. Sign in to a provider, or connect to a server such as Ollama or vLLM.',
      '[Add Connection](command:roundhouse.addConnection)',
      'Or run a model file on this machine, without an account and without a network.',
      '[Add GGUF File](command:roundhouse.addModelFile)',
      'New here? [Get started](command:roundhouse.openWalkthrough).',
    ],
  },
]

export interface WalkthroughStep {
  readonly id: string
  readonly title: string
  /** Paragraphs; a line that is only a link becomes a button. */
  readonly description: readonly string[]
  readonly media: string
  readonly completionEvents: readonly string[]
}

export const walkthrough = {
  id: 'roundhouse.start',
  title: 'Get Started with Roundhouse',
  description: 'Bring your own models into VS Code: from the cloud, from your network, from this machine.',
} as const

export const walkthroughSteps: readonly WalkthroughStep[] = [
  {
    id: 'add',
    title: 'Add a model',
    description: [
      'Sign in to a provider with a key, connect to a server such as Ollama or vLLM, or add a model file from disk. Keys stay in VS Code’s secret storage on this machine.',
      '[Add Connection](command:roundhouse.addConnection)',
      '[Add GGUF File](command:roundhouse.addModelFile)',
    ],
    media: 'media/walkthrough/add.md',
    completionEvents: ['onContext:roundhouse.hasOwnModel'],
  },
  {
    id: 'pick',
    title: 'Pick your model',
    description: [
      'Search all your models by name, connection or ability. The one you pick is your default; the status bar shows it and switches it.',
      '[Select Model](command:roundhouse.selectModel)',
    ],
    media: 'media/walkthrough/pick.md',
    completionEvents: ['onContext:roundhouse.hasDefaultModel'],
  },
  {
    id: 'ask',
    title: 'Ask it in Chat',
    description: [
      'Opens the Chat view with your model. The first time, this also switches Chat on, so that nobody has to sign in to anything.',
      '[Ask in Chat](command:roundhouse.askInChat)',
    ],
    media: 'media/walkthrough/ask.md',
    completionEvents: ['onCommand:roundhouse.askInChat', 'onCommand:roundhouse.useInChat'],
  },
  {
    id: 'utility',
    title: 'Set models for tasks',
    description: [
      'VS Code has titles, summaries and commit messages written in the background, and has models edit, plan and explore. Choose which: a local model costs nothing.',
      '[Set Models for Tasks](command:roundhouse.setTaskModels)',
    ],
    media: 'media/walkthrough/utility.md',
    completionEvents: ['onContext:roundhouse.utilityModelsSet'],
  },
]
