import type { ChatRequest, Message, Middleware, Tool } from '../chat.js'

/** What VS Code's Chat sends by itself with every message of its agent. */
export interface ChatOverhead {
  /** Keeps what the latest request of Chat has brought, in memory alone. */
  readonly watch: Middleware
  /** The request as Chat would send it. */
  around(request: ChatRequest): ChatRequest
}

/** As VS Code 1.139 sends it in an empty workspace. Characters; of the tools, as JSON. */
const usual = { instructions: 15_000, context: 1_500, tools: 40, toolCharacters: 1_390 } as const

const filler =
  'Follow what is asked, use the tools that are offered, and keep the answer short and to the point. '

const fill = (length: number): string => filler.repeat(Math.ceil(length / filler.length)).slice(0, length)

const message = (role: Message['role'], text: string): Message => ({
  role,
  content: [{ type: 'text', text }],
})

interface Added {
  readonly before: readonly Message[]
  readonly tools: readonly Tool[]
}

/** Until Chat has sent something. */
function usualAdded(): Added {
  return {
    before: [
      message('system', fill(usual.instructions)),
      message('user', `<context>\n${fill(usual.context)}\n</context>`),
    ],
    tools: Array.from({ length: usual.tools }, (_, at) => ({
      name: `tool_${at}`,
      description: fill(usual.toolCharacters),
    })),
  }
}

/** Utility requests of Chat, such as titles, have no tools. */
function readAdded({ messages, tools = [], caller }: ChatRequest): Added | undefined {
  if (caller.door !== 'languageModel' || caller.conversation === undefined || tools.length === 0)
    return undefined
  const before = messages.filter(({ role }) => role === 'system')
  return before.length === 0 ? undefined : { before, tools }
}

export function createChatOverhead(): ChatOverhead {
  let added: Added | undefined
  return {
    watch: (next) => (request, signal) => {
      added = readAdded(request) ?? added
      return next(request, signal)
    },
    around(request) {
      const { before, tools } = (added ??= usualAdded())
      return { ...request, messages: [...before, ...request.messages], tools }
    },
  }
}
