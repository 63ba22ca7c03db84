import { randomUUID } from 'node:crypto'
import { type Chat, compose } from '../core/chat.js'
import { createAttempt } from '../core/routing/attempt.js'
import { calibrateTokens } from '../core/tokens/calibration.js'
import { meter } from '../core/usage/meter.js'
import type { Accounting } from './accounting.js'
import type { PipelineOptions } from './pipeline.js'
import type { Routing } from './routing.js'

/** One call of one provider: within the limits, within the budgets, and in the ledger. */
export function createMeteredAttempt(
  { registry, credentials, ports, defaults, tokens }: PipelineOptions,
  { budgets, ledger, findModel }: Accounting,
  { limiter }: Routing,
): Chat {
  const { clock } = ports
  const onRateLimits: typeof limiter.state = (model, limits) => limiter.state(model, limits)
  return compose(
    [
      limiter.limit,
      budgets.reserve,
      meter({ ledger, findModel, tokens, clock, createId: randomUUID }),
      calibrateTokens(tokens),
    ],
    createAttempt({ registry, credentials, ports, defaults, onRateLimits }),
  )
}
