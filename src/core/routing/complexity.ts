import type { ChatRequest, Message } from '../chat.js'

export const complexities = ['simple', 'moderate', 'complex'] as const

export type Complexity = (typeof complexities)[number]

interface Task {
  readonly request: ChatRequest
  readonly inputTokens: number
  /** What the user says last, shortened. */
  readonly question: string
}

/** One cheap sign of how hard a task is. No model is asked. */
interface ComplexitySign {
  readonly name: string
  readonly points: number
  readonly applies: (task: Task) => boolean
}

const hardWords =
  /\b(why|prove|derive|design|architect\w*|refactor\w*|debug\w*|diagnos\w*|optimi[sz]\w*|implement\w*|migrat\w*|analy[sz]\w*|review|investigate|trade-?offs?|race condition|deadlock|step by step|end[- ]to[- ]end)\b/i
const easyWords =
  /^\s*(hi|hello|thanks|thank you|what is|what's|who|when|define|translate|rename|spell|format|summari[sz]e|list|convert|shorten|write a (commit message|title))\b/i
const code =
  /```|^\s*(import |from \S+ import |function |class |def |const |public |#include|fn |package )|[;{]\s*$/m

const hasImage = ({ request }: Task): boolean =>
  request.messages.some((message) =>
    message.content.some((part) => part.type === 'data' && part.mimeType.startsWith('image/')),
  )

const signs: readonly ComplexitySign[] = [
  { name: 'a prompt over 2,000 tokens', points: 1, applies: ({ inputTokens }) => inputTokens > 2_000 },
  { name: 'a prompt over 16,000 tokens', points: 1, applies: ({ inputTokens }) => inputTokens > 16_000 },
  { name: 'a prompt over 64,000 tokens', points: 1, applies: ({ inputTokens }) => inputTokens > 64_000 },
  { name: 'code', points: 1, applies: ({ question }) => code.test(question) },
  { name: 'tools', points: 1, applies: ({ request }) => (request.tools?.length ?? 0) > 0 },
  { name: 'many tools', points: 1, applies: ({ request }) => (request.tools?.length ?? 0) > 8 },
  { name: 'images', points: 1, applies: hasImage },
  { name: 'a long conversation', points: 1, applies: ({ request }) => request.messages.length > 20 },
  { name: 'a question that takes thought', points: 2, applies: ({ question }) => hardWords.test(question) },
  {
    name: 'a question that is soon answered',
    points: -1,
    applies: ({ question }) => easyWords.test(question),
  },
  {
    name: 'much reasoning asked for',
    points: 2,
    applies: ({ request }) => ['high', 'max'].includes(request.parameters?.reasoningEffort ?? ''),
  },
]

/** Points up to which a task is of the level. */
const levels: readonly { readonly complexity: Complexity; readonly upTo: number }[] = [
  { complexity: 'simple', upTo: 0 },
  { complexity: 'moderate', upTo: 3 },
  { complexity: 'complex', upTo: Infinity },
]

/** Characters of the question that are looked at, at either end. */
const longestEnd = 4_000

function textOf(message: Message | undefined): string {
  const text = message?.content.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n') ?? ''
  return text.length <= 2 * longestEnd ? text : `${text.slice(0, longestEnd)}\n${text.slice(-longestEnd)}`
}

export interface ComplexityReading {
  readonly complexity: Complexity
  readonly points: number
  /** What says so. */
  readonly signs: readonly string[]
}

/** Cheap, and wrong at times: it only shifts what a route weighs, and never leaves a model out by itself. */
export function readComplexity(request: ChatRequest, inputTokens: number): ComplexityReading {
  const question = textOf(request.messages.findLast((message) => message.role === 'user'))
  const task = { request, inputTokens, question }
  const found = signs.filter((sign) => sign.applies(task))
  const points = found.reduce((sum, sign) => sum + sign.points, 0)
  const complexity = levels.find(({ upTo }) => points <= upTo)?.complexity ?? 'complex'
  return { complexity, points, signs: found.map(({ name }) => name) }
}
