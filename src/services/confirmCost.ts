import type { ChatRequest } from '../core/chat.js'
import type { Log } from '../core/ports.js'
import { createRetriedLoad } from '../core/retriedLoad.js'
import { refusesUnknownPrice } from '../core/usage/budgetPlan.js'
import type { UsedContext } from '../vscode/extensionContext.js'
import { createPaidRoutes } from '../vscode/paidRoutes.js'
import { executeCommand, loadUi } from './host.js'
import type { createRequests } from './requests.js'

/** Each question is loaded when it is first wanted. */
export function createConfirmCost(
  memory: UsedContext['globalState'],
  { policies, loadPipeline }: ReturnType<typeof createRequests>,
  log: Log,
) {
  const loadCostQuestion = createRetriedLoad(async () => {
    const { createCostQuestion } = await import('../vscode/costQuestion.js')
    const loadQuote = async () => (await loadPipeline()).quote
    const paidRoutes = createPaidRoutes(memory, log)
    const { confirmAboveUsd } = policies
    return createCostQuestion({ confirmAboveUsd, loadQuote, loadUi, paidRoutes, log })
  })
  const loadPriceQuestion = createRetriedLoad(async () => {
    const { createPriceQuestion } = await import('../vscode/priceQuestion.js')
    const loadBudgets = async () => (await loadPipeline()).budgets
    return createPriceQuestion({ loadBudgets, loadUi, host: { execute: executeCommand }, log })
  })
  const mayRefusePrice = () => policies.budgets().some(refusesUnknownPrice)
  return async (request: ChatRequest, signal: AbortSignal) => {
    const chosen =
      policies.confirmAboveUsd() > 0 ? await (await loadCostQuestion())(request, signal) : request
    return mayRefusePrice() ? await (await loadPriceQuestion())(chosen, signal) : chosen
  }
}
