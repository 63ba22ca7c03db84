import { createAbortRace } from '../core/abortRace.js'
import type { ChatRequest } from '../core/chat.js'
import { cancelled, ModelError } from '../core/errors.js'
import { formatModelRef, type ModelRef } from '../core/model.js'
import type { Log } from '../core/ports.js'
import type { Quote, QuotedModel, QuoteRequest } from '../core/usage/quote.js'
import type { Ui } from './commands/ui.js'
import type { PaidRoutes } from './paidRoutes.js'
import { formatSum } from './views/format.js'

export interface CostQuestionOptions {
  /** USD; 0 where nobody is to be asked. */
  readonly confirmAboveUsd: () => number
  /** Rejects where nothing is known of prices. */
  readonly loadQuote: () => Promise<QuoteRequest>
  readonly loadUi: () => Promise<Pick<Ui, 'tell'>>
  /** Routes whose first answer that costs money was agreed to, on this machine. */
  readonly paidRoutes: PaidRoutes
  readonly log: Pick<Log, 'error'>
}

/** The request as it is to be sent. Throws ModelError `cancelled`, saying so, where the user does not want it. */
export type CostQuestion = (request: ChatRequest, signal: AbortSignal) => Promise<ChatRequest>

interface Agreement {
  readonly asked: string
  readonly model: ModelRef
}

const send = 'Send'
/** Conversations whose answers are remembered; the oldest go first. */
const mostConversations = 500

/** Its connection too, where another has the same name. */
function offer({ name, ref, usd }: QuotedModel, all: readonly QuotedModel[]): string {
  const isAlone = all.every((other) => other.ref === ref || other.name !== name)
  return `Use ${isAlone ? name : `${name} of ${ref.connection}`} (${formatSum(usd)})`
}

/** Whether a route would choose the model. */
function isRouted({ ref }: Quote, asked: ModelRef): boolean {
  return formatModelRef(ref) !== formatModelRef(asked)
}

interface Question {
  readonly quote: Quote
  readonly asked: ModelRef
  /** A route's first answer that costs money: asked about below the amount too. */
  readonly isFirst: boolean
}

function describeQuestion({ quote, asked, isFirst }: Question): string {
  const { ref, cheaper, answerTokens } = quote
  return [
    ...(isRouted(quote, asked) ? [`${formatModelRef(asked)} would have ${formatModelRef(ref)} answer.`] : []),
    ...(isFirst ? ['It is the first answer of this route that costs money.'] : []),
    ...(answerTokens === undefined
      ? []
      : [`This is with an answer of ${answerTokens.toLocaleString('en')} tokens; it may be longer.`]),
    ...(cheaper.length > 0 ? ['A cheaper model that can do it would answer the whole conversation.'] : []),
    'You are asked once for each conversation, above the amount in roundhouse.usage.confirmAboveUsd.',
  ].join(' ')
}

async function ask(ui: Pick<Ui, 'tell'>, question: Question): Promise<ModelRef | undefined> {
  const { quote, asked } = question
  const { cheaper } = quote
  const choices = new Map(cheaper.map((model) => [offer(model, cheaper), model.ref]))
  const pressed = await ui.tell({
    level: 'warning',
    modal: true,
    message: `This request to ${quote.name} may cost up to ${formatSum(quote.usd)}.`,
    detail: describeQuestion({ ...question, quote: { ...quote, cheaper } }),
    buttons: [send, ...choices.keys()],
  })
  if (pressed === undefined) return undefined
  return pressed === send ? asked : choices.get(pressed)
}

function declined(): ModelError {
  const message = 'You chose not to send this request, so nothing was sent and it cost nothing.'
  return new ModelError({ code: 'cancelled', message })
}

function createAgreements() {
  const agreements = new Map<string, Agreement>()
  return {
    get: (conversation: string) => agreements.get(conversation),
    keep(conversation: string, agreement: Agreement): void {
      agreements.set(conversation, agreement)
      const oldest = agreements.keys().next().value
      if (agreements.size > mostConversations && oldest !== undefined) agreements.delete(oldest)
    },
  }
}

/** Asks before what is dear, once for each conversation. A request without a conversation has no user to ask. */
export function createCostQuestion(options: CostQuestionOptions): CostQuestion {
  const { confirmAboveUsd, loadQuote, loadUi, paidRoutes, log } = options
  const agreed = createAgreements()
  const asking = new Map<string, Promise<ModelRef | undefined>>()

  async function quoteOf(request: ChatRequest): Promise<Quote | undefined> {
    try {
      return (await loadQuote())(request)
    } catch (error) {
      log.error('What a request may cost could not be estimated, so it was sent without a question', error)
      return undefined
    }
  }

  async function decide(request: ChatRequest, conversation: string): Promise<ModelRef | undefined> {
    const quote = await quoteOf(request)
    if (quote === undefined) return request.model
    const asked = request.model
    const route = formatModelRef(asked)
    const isFirst = quote.usd > 0 && isRouted(quote, asked) && !paidRoutes.has(route)
    if (!isFirst && quote.usd <= confirmAboveUsd()) return asked
    const model = await ask(await loadUi(), { quote, asked, isFirst })
    if (model === undefined) return undefined
    if (isFirst && model === asked) await paidRoutes.add(route)
    agreed.keep(conversation, { asked: route, model })
    return model
  }

  /** One question for requests that come while it is open. */
  function decideOnce(request: ChatRequest, conversation: string): Promise<ModelRef | undefined> {
    const key = `${conversation} ${formatModelRef(request.model)}`
    const open = asking.get(key)
    if (open !== undefined) return open
    const begun = decide(request, conversation).finally(() => asking.delete(key))
    asking.set(key, begun)
    return begun
  }

  return async (request, signal) => {
    const { conversation } = request.caller
    if (conversation === undefined || confirmAboveUsd() <= 0) return request
    const known = agreed.get(conversation)
    if (known !== undefined) {
      return known.asked === formatModelRef(request.model) ? { ...request, model: known.model } : request
    }
    const race = createAbortRace(signal)
    try {
      const model = await race.run(decideOnce(request, conversation))
      if (model === undefined) throw declined()
      return { ...request, model }
    } catch (error) {
      throw signal.aborted ? cancelled(error) : error
    } finally {
      race.dispose()
    }
  }
}
