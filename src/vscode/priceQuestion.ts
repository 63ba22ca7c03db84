import { createAbortRace } from '../core/abortRace.js'
import type { ChatRequest } from '../core/chat.js'
import { cancelled, ModelError } from '../core/errors.js'
import { formatModelRef } from '../core/model.js'
import type { Log } from '../core/ports.js'
import type { Budgets } from '../core/usage/budgets.js'
import type { Host, Ui } from './commands/ui.js'

type PriceRefusal = NonNullable<ReturnType<Budgets['refusesPrice']>>

export interface PriceQuestionOptions {
  /** Rejects if budgets cannot be read. */
  readonly loadBudgets: () => Promise<Pick<Budgets, 'refusesPrice'>>
  readonly loadUi: () => Promise<Pick<Ui, 'tell'>>
  readonly host: Pick<Host, 'execute'>
  readonly log: Pick<Log, 'error'>
}

/** The request as it is to be sent. Throws ModelError `cancelled` if the user does not want it sent now. */
export type PriceQuestion = (request: ChatRequest, signal: AbortSignal) => Promise<ChatRequest>

const allowOnce = 'Allow Once'
/** Where each other button leads. */
const settings = new Map([
  ['Set a Price', 'roundhouse.connections'],
  ['Change the Budget', 'roundhouse.budgets'],
])
/** Conversations whose answers are remembered; the oldest go first. */
const mostConversations = 500

function notSent(): ModelError {
  const message =
    'This request was not sent and cost nothing. Send it again once the price or the budget is set.'
  return new ModelError({ code: 'cancelled', message })
}

/**
 * Asks before a model of unknown price where a hard budget would refuse it, once for each conversation and model. A
 * request without a conversation has no user to ask, and the budget refuses it.
 */
export function createPriceQuestion({ loadBudgets, loadUi, host, log }: PriceQuestionOptions): PriceQuestion {
  const allowed = new Set<string>()
  const asking = new Map<string, Promise<boolean>>()

  async function findRefusal(request: ChatRequest): Promise<PriceRefusal | undefined> {
    try {
      return (await loadBudgets()).refusesPrice(request)
    } catch (error) {
      log.error('Whether a budget allows the model could not be found out before the request', error)
      return undefined
    }
  }

  async function ask({ model, budget }: PriceRefusal, key: string): Promise<boolean> {
    const pressed = await (await loadUi()).tell({
      level: 'warning',
      modal: true,
      message: `The price of ${model.name} is unknown.`,
      detail: `So the hard budget “${budget.name}” cannot count what it costs. If you allow it, its cost is not counted. You are asked once for each conversation.`,
      buttons: [allowOnce, ...settings.keys()],
    })
    if (pressed === allowOnce) {
      allowed.add(key)
      const [oldest] = allowed
      if (allowed.size > mostConversations && oldest !== undefined) allowed.delete(oldest)
      return true
    }
    const setting = pressed === undefined ? undefined : settings.get(pressed)
    if (setting !== undefined)
      await host.execute('workbench.action.openSettingsJson', {
        revealSetting: { key: setting, edit: false },
      })
    return false
  }

  /** One question for requests that come while it is open. */
  function askOnce(refusal: PriceRefusal, key: string): Promise<boolean> {
    const begun = asking.get(key) ?? ask(refusal, key).finally(() => asking.delete(key))
    asking.set(key, begun)
    return begun
  }

  return async (request, signal) => {
    const { conversation } = request.caller
    if (conversation === undefined) return request
    const refusal = await findRefusal(request)
    if (refusal === undefined) return request
    const key = `${conversation} ${formatModelRef(request.model)}`
    const race = createAbortRace(signal)
    try {
      if (!allowed.has(key) && !(await race.run(askOnce(refusal, key)))) throw notSent()
      return { ...request, unknownPrice: 'allow' }
    } catch (error) {
      throw signal.aborted ? cancelled(error) : error
    } finally {
      race.dispose()
    }
  }
}
