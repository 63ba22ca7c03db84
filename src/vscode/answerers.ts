import type { Caller, ChatRequest } from '../core/chat.js'
import { compact } from '../core/compact.js'
import { createEmitter, type Event } from '../core/event.js'
import { formatModelRef, type ModelRef } from '../core/model.js'
import type { Disposable } from '../core/ports.js'
import type { Registry } from '../core/registry/registry.js'
import type { AttemptRecord } from '../core/usage/attemptRecord.js'
import { writeAnswerNote } from './answerNote.js'
import { escapeMarkdown } from './views/format.js'

/** An answer that came to its end in a conversation of the user's. */
export interface Answered {
  readonly request: ChatRequest
  readonly model: ModelRef
  /** False where it calls tools, so that the turn goes on. */
  readonly isWhole: boolean
}

/** What the last call of the model that answered has cost. */
export type AnswerCost = Pick<AttemptRecord, 'cost' | 'accuracy' | 'isCacheHit'>

/** In words for the user; names are as servers write them. */
export interface Answerer {
  /** `connection/id`, or the name of a route. */
  readonly asked: string
  readonly model: string
  /** Absent where the connection is gone. */
  readonly connection?: string
  /** Absent until the ledger has it. */
  readonly spent?: AnswerCost
}

export const showModelChoices = ['always', 'onChange', 'never'] as const

export type ShowModel = (typeof showModelChoices)[number]

export const usualShowModel: ShowModel = 'onChange'

export interface AnswerersOptions {
  readonly showModel: () => ShowModel
  readonly registry: Pick<Registry, 'find' | 'view'>
  /** Fires for each attempt of this window, a moment after its end. */
  readonly onDidAttempt: Event<AttemptRecord>
}

/** Which models have answered in this window. */
export interface Answerers extends Disposable {
  /** The line that is to stand behind the answer; undefined for none. */
  note(answered: Answered): string | undefined
  latest(): Answerer | undefined
  readonly onDidChange: Event<void>
}

/** Conversations whose last model is remembered; the oldest go first. */
const mostConversations = 500

/** Whoever reads such an answer by program wants nothing behind it. */
function isStructured({ parameters }: ChatRequest): boolean {
  const { responseFormat } = parameters ?? {}
  return responseFormat !== undefined && responseFormat.type !== 'text'
}

/** The same for an answer and for the attempt that gave it. */
function keyOf({ conversation = '' }: Caller, model: ModelRef): string {
  return `${conversation} ${formatModelRef(model)}`
}

export function createAnswerers({ showModel, registry, onDidAttempt }: AnswerersOptions): Answerers {
  const changed = createEmitter<void>()
  const shown = new Map<string, string>()
  let latest: Answerer | undefined
  let latestKey = ''
  let spent: { readonly key: string; readonly cost: AnswerCost } | undefined
  const subscription = onDidAttempt(({ caller, model, outcome, cost, accuracy, isCacheHit }) => {
    if (caller.conversation === undefined || outcome.kind !== 'success') return
    spent = { key: keyOf(caller, model), cost: { ...compact({ cost }), accuracy, isCacheHit } }
    if (spent.key === latestKey) changed.fire()
  })

  function describe(request: ChatRequest, model: ModelRef): Answerer {
    const connection = registry.view(model.connection)?.connection.name
    return {
      asked: formatModelRef(request.model),
      model: registry.find(model)?.name ?? formatModelRef(model),
      ...(connection === undefined ? {} : { connection }),
    }
  }

  /** Whether the conversation was last answered by that model, as far as was shown. */
  function isKnown(conversation: string, name: string): boolean {
    const wasShown = shown.get(conversation) === name
    shown.delete(conversation)
    shown.set(conversation, name)
    const oldest = shown.keys().next().value
    if (shown.size > mostConversations && oldest !== undefined) shown.delete(oldest)
    return wasShown
  }

  return {
    note({ request, model, isWhole }) {
      const { conversation } = request.caller
      const name = formatModelRef(model)
      latest = describe(request, model)
      latestKey = keyOf(request.caller, model)
      changed.fire()
      const isRouted = name !== latest.asked
      if (!isRouted || !isWhole || isStructured(request) || conversation === undefined) return undefined
      const wanted = showModel()
      const known = isKnown(conversation, name)
      if (wanted === 'never' || (wanted === 'onChange' && known)) return undefined
      const through = latest.connection === undefined ? '' : ` through ${escapeMarkdown(latest.connection)}`
      return writeAnswerNote(`Answered by ${escapeMarkdown(latest.model)}${through}.`)
    },
    latest: () => (latest && spent?.key === latestKey ? { ...latest, spent: spent.cost } : latest),
    onDidChange: changed.event,
    dispose() {
      subscription.dispose()
      changed.dispose()
    },
  }
}
