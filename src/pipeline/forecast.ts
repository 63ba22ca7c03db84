import type { ChatRequest } from '../core/chat.js'
import { simulateRoute } from '../core/routing/simulate.js'
import { createQuote } from '../core/usage/quote.js'
import type { Accounting } from './accounting.js'
import type { PipelineOptions } from './pipeline.js'
import type { Routing } from './routing.js'

/** What is known of a request before it is sent. */
export function createForecast(
  { policies, ports }: PipelineOptions,
  accounting: Accounting,
  { planner, overhead }: Routing,
) {
  const { routes } = policies
  const simulate = (request: ChatRequest) => simulateRoute({ planner, routes, clock: ports.clock }, request)
  const simulateInChat = (request: ChatRequest) => simulate(overhead.around(request))
  return { simulate, simulateInChat, quote: createQuote({ ...accounting, simulate }) }
}
