import { createAbortRace } from '../core/abortRace.js'
import type { ChatRequest } from '../core/chat.js'
import { cancelled, ModelError } from '../core/errors.js'
import { formatModelRef, type ModelRef } from '../core/model.js'
import type { Log } from '../core/ports.js'
import type { Quote, QuotedModel, QuoteRequest } from '../core/usage/quote.js'
import type { Ui } from './commands/ui.js'
import { formatSum } from './views/usageReport.js'

export interface CostQuestionOptions {
  /** USD; 0 where nobody is to be asked. */
  readonly confirmAboveUsd: () => number
  /** Rejects where nothing is known of prices. */
  readonly loadQuote: () => Promise<QuoteRequest>
  readonly loadUi: () => Promise<Pick<Ui, 'tell'>>
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

function describeQuestion({ ref, cheaper, answerTokens }: Quote, asked: ModelRef): string {
  const chosen = formatModelRef(ref)
  const isRouted = chosen !== formatModelRef(asked)
  return [
    ...(isRouted ? [`${formatModelRef(asked)} would have ${chosen} answer.`] : []),
    ...(answerTokens === undefined
      ? []
      : [`This is with an answer of ${answerTokens.toLocaleString('en')} tokens; it may be longer.`]),
    ...(cheaper.length > 0 ? ['A cheaper model that can do it would answer the whole conversation.'] : []),
    'You are asked once for each conversation, above the amount in roundhouse.usage.confirmAboveUsd.',
  ].join(' ')
}

async function ask(ui: Pick<Ui, 'tell'>, quote: Quote, asked: ModelRef): Promise<ModelRef | undefined> {
  const { cheaper } = quote
  const choices = new Map(cheaper.map((model) => [offer(model, cheaper), model.ref]))
  const pressed = await ui.tell({
    level: 'warning',
    modal: true,
    message: `This request to ${quote.name} may cost up to ${formatSum(quote.usd)}.`,
    detail: describeQuestion({ ...quote, cheaper }, asked),
    buttons: [send, ...choices.keys()],
  })
  if (pressed === undefined) return undefined
  return pressed === send ? asked : choices.get(pressed)
}

function declined(): ModelError {
  const message = 'You chose not to send this request, so nothing was sent and it cost nothing.'
  return new ModelError({ code: 'cancelled', message })
}

/** Asks before what is dear, once for each conversation. A request without a conversation has no user to ask. */
export function createCostQuestion(options: CostQuestionOptions): CostQuestion {
  const { confirmAboveUsd, loadQuote, loadUi, log } = options
  const agreed = new Map<string, Agreement>()
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
    if (quote === undefined || quote.usd <= confirmAboveUsd()) return request.model
    const model = await ask(await loadUi(), quote, request.model)
    if (model === undefined) return undefined
    agreed.set(conversation, { asked: formatModelRef(request.model), model })
    const oldest = agreed.keys().next().value
    if (agreed.size > mostConversations && oldest !== undefined) agreed.delete(oldest)
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
