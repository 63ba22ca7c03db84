import type { ResponsePart } from '../../src/core/chat.js'
import type { ListedModel } from '../../src/core/model.js'
import type { Clock, EmbeddedEngine } from '../../src/core/ports.js'
import type {
  Connection,
  Provider,
  ProviderChatRequest,
  ProviderContext,
  ProviderPorts,
} from '../../src/core/provider.js'
import { createMemoryLog } from './memoryStores.js'

/** What one call does, step by step. `hang` waits for the signal; `deaf` waits for ever, whatever the signal says. */
type Step =
  | ResponsePart
  | { readonly type: 'wait'; readonly ms: number }
  | { readonly type: 'fail'; readonly error: unknown }
  | { readonly type: 'hang' }
  | { readonly type: 'deaf' }

type Listing = readonly ListedModel[] | Extract<Step, { type: 'fail' | 'hang' | 'deaf' }>

export interface ScriptedProvider extends Provider {
  /** What the next listings answer, in turn; the last one is repeated. */
  answerLists(...listings: Listing[]): void
  /** What the next chats do, in turn; the last one is repeated. */
  answerChats(...scripts: (readonly Step[])[]): void
  readonly lists: ProviderContext[]
  readonly chats: { readonly request: ProviderChatRequest; readonly context: ProviderContext }[]
  /** Chats whose generator is still open. */
  open(): number
}

type Facts = Partial<Omit<Provider, 'listModels' | 'chat'>>

function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason)
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
}

async function perform(step: Exclude<Step, ResponsePart>, context: ProviderContext): Promise<void> {
  if (step.type === 'fail') throw step.error
  if (step.type === 'wait') await context.clock.sleep(step.ms, context.signal)
  else if (step.type === 'hang') await untilAborted(context.signal)
  else await new Promise<never>(() => {})
}

function isAction(step: Step): step is Exclude<Step, ResponsePart> {
  return step.type === 'wait' || step.type === 'fail' || step.type === 'hang' || step.type === 'deaf'
}

function takeTurn<T>(queue: T[], otherwise: T): T {
  return (queue.length > 1 ? queue.shift() : queue[0]) ?? otherwise
}

/** A provider that does what its script says; everything it was called with is kept. */
export function createScriptedProvider(facts: Facts = {}): ScriptedProvider {
  const listings: Listing[] = []
  const scripts: (readonly Step[])[] = []
  const lists: ProviderContext[] = []
  const chats: ScriptedProvider['chats'] = []
  let open = 0
  return {
    id: 'scripted',
    name: 'Scripted',
    location: 'cloud',
    description: 'Answers as its test says.',
    baseUrl: 'https://api.scripted.test/v1',
    fields: [],
    ...facts,
    lists,
    chats,
    open: () => open,
    answerLists: (...next) => void listings.splice(0, listings.length, ...next),
    answerChats: (...next) => void scripts.splice(0, scripts.length, ...next),
    async listModels(context) {
      lists.push(context)
      const listing = takeTurn<Listing>(listings, [])
      if (!('type' in listing)) return listing
      await perform(listing, context)
      return []
    },
    async *chat(request, context) {
      chats.push({ request, context })
      open++
      try {
        for (const step of takeTurn(scripts, [])) {
          if (isAction(step)) await perform(step, context)
          else yield step
        }
      } finally {
        open--
      }
    },
  }
}

export function createConnection(facts: Partial<Connection> = {}): Connection {
  return {
    id: 'work',
    name: 'Work',
    provider: 'scripted',
    enabled: true,
    baseUrl: 'https://api.scripted.test/v1',
    fields: {},
    include: [],
    exclude: [],
    models: {},
    ...facts,
  }
}

const noEngine: EmbeddedEngine = {
  inspect: () => Promise.reject(new Error('This test has no engine.')),
  countTokens: () => Promise.reject(new Error('This test has no engine.')),
  countLoaded: () => Promise.resolve(undefined),
  embed: () => Promise.reject(new Error('This test has no engine.')),
  rerank: () => Promise.reject(new Error('This test has no engine.')),
  chat: () => {
    throw new Error('This test has no engine.')
  },
  dispose: () => {},
}

/** The ports of a provider that reaches neither network nor engine. */
export function createProviderPorts(clock: Clock): ProviderPorts {
  return {
    clock,
    engine: noEngine,
    isLocalOnly: () => false,
    fetch: () => Promise.reject(new Error('This test has no network.')),
    log: createMemoryLog(),
    notices: { notice: () => {} },
    environment: {},
  }
}
