import type { ChatRequest, Message } from '../chat.js'
import { readOwnWords } from './ownWords.js'

export const complexities = ['simple', 'moderate', 'complex'] as const

export type Complexity = (typeof complexities)[number]

interface Task {
  readonly request: ChatRequest
  /** What the user says last. */
  readonly question: string
  /** Its beginning and its end. */
  readonly ends: string
  /** Different words in it that say that it takes thought. */
  readonly thoughts: number
  /** The message that it stands in. */
  readonly message: Message | undefined
}

/** One cheap sign of how hard a task is. No model is asked. */
interface ComplexitySign {
  readonly name: string
  readonly points: number
  readonly applies: (task: Task) => boolean
}

const hardWords =
  /\b(why|prove|derive|design|architect\w*|refactor\w*|debug\w*|diagnos\w*|optimi[sz]\w*|implement\w*|migrat\w*|analy[sz]\w*|review|investigate|trade-?offs?|race condition|deadlock|step by step|end[- ]to[- ]end)\b/gi
const easyWords =
  /^\s*(hi|hello|thanks|thank you|what is|what's|who|when|define|translate|rename|spell|format|summari[sz]e|list|convert|shorten|write a (commit message|title))\b/i
const code =
  /```|^\s*(import |from \S+ import |function |class |def |const |public |#include|fn |package )|[;{]\s*$/m

/** Tokens, about, of a text in English. */
const charactersPerToken = 4

const isLongerThan =
  (tokens: number) =>
  ({ question }: Task): boolean =>
    question.length > tokens * charactersPerToken

const hasImage = ({ message }: Task): boolean =>
  message?.content.some((part) => part.type === 'data' && part.mimeType.startsWith('image/')) ?? false

const signs: readonly ComplexitySign[] = [
  { name: 'a question over 300 tokens', points: 1, applies: isLongerThan(300) },
  { name: 'a question over 3,000 tokens', points: 1, applies: isLongerThan(3_000) },
  { name: 'a question over 30,000 tokens', points: 1, applies: isLongerThan(30_000) },
  { name: 'code', points: 1, applies: ({ ends }) => code.test(ends) },
  { name: 'images', points: 1, applies: hasImage },
  { name: 'a question that takes thought', points: 2, applies: ({ thoughts }) => thoughts > 0 },
  { name: 'more than one thing that takes thought', points: 1, applies: ({ thoughts }) => thoughts > 1 },
  { name: 'a question that is soon answered', points: -1, applies: ({ ends }) => easyWords.test(ends) },
  {
    name: 'much reasoning asked for',
    points: 2,
    applies: ({ request }) => ['high', 'max'].includes(request.parameters?.reasoningEffort ?? ''),
  },
]

/** Points up to which a task is of the level. */
const levels: readonly { readonly complexity: Complexity; readonly upTo: number }[] = [
  { complexity: 'simple', upTo: 0 },
  { complexity: 'moderate', upTo: 2 },
  { complexity: 'complex', upTo: Infinity },
]

/** Characters of the question in which words are looked for, at either end. */
const longestEnd = 4_000

function endsOf(text: string): string {
  return text.length <= 2 * longestEnd ? text : `${text.slice(0, longestEnd)}\n${text.slice(-longestEnd)}`
}

function countThoughts(text: string): number {
  return new Set(Array.from(text.matchAll(hardWords), ([word]) => word.toLowerCase())).size
}

export interface ComplexityReading {
  readonly complexity: Complexity
  readonly points: number
  /** What says so. */
  readonly signs: readonly string[]
}

/**
 * Judges what the user has said last. What an editor sends with it by itself (instructions, context, tools, the
 * conversation so far) says nothing of how hard it is. Cheap, and wrong at times: it only shifts what a route weighs, and
 * never leaves a model out by itself.
 */
export function readComplexity(request: ChatRequest): ComplexityReading {
  const { text: question, message } = readOwnWords(request.messages)
  const ends = endsOf(question)
  const task = { request, question, message, ends, thoughts: countThoughts(ends) }
  const found = signs.filter((sign) => sign.applies(task))
  const points = found.reduce((sum, sign) => sum + sign.points, 0)
  const complexity = levels.find(({ upTo }) => points <= upTo)?.complexity ?? 'complex'
  return { complexity, points, signs: found.map(({ name }) => name) }
}
