import { randomUUID } from 'node:crypto'
import type { Chat, Middleware } from '../core/chat.js'
import type { Database } from '../core/ports.js'
import { type AttemptOptions, createAttempt } from '../core/routing/attempt.js'
import { createCalibration } from '../core/tokens/calibration.js'
import { createAdmission } from '../core/usage/admission.js'
import { watchAlso, watchAttempts } from '../core/usage/attemptWatch.js'
import { createMeter } from '../core/usage/meter.js'
import { keepTexts } from '../core/usage/texts/keepTexts.js'
import type { Accounting } from './accounting.js'
import type { PipelineOptions } from './pipeline.js'

export interface MeteredAttempt {
  readonly attempt: AttemptOptions
  /** What stands around an attempt. */
  readonly around: Middleware
  readonly chat: Chat
}

/** One call of one provider: within the limits, within the budgets, and in the ledger. */
export function createMeteredAttempt(
  { registry, credentials, ports, defaults, tokens, policies, redact }: PipelineOptions,
  database: Database,
  { budgets, limiter, ledger, texts, findModel }: Accounting,
): MeteredAttempt {
  const { clock, log } = ports
  const onRateLimits: typeof limiter.state = (model, limits) => limiter.state(model, limits)
  const watched = watchAttempts(
    watchAlso(createAdmission({ limiter, budgets, database, clock }), [
      createMeter({ ledger, findModel, tokens, clock, createId: randomUUID }),
      createCalibration(tokens),
    ]),
  )
  const keep = keepTexts({ isOn: policies.keepsTexts, store: texts, redact, clock, log })
  const around: Middleware = (next) => watched(keep(next))
  const attempt = { registry, credentials, ports, defaults, onRateLimits }
  return { attempt, around, chat: around(createAttempt(attempt)) }
}
