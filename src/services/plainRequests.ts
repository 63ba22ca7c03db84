import { compose } from '../core/chat.js'
import { createDefaultParameters, type DefaultParametersOptions } from '../core/parameters/defaults.js'
import { type AttemptOptions, createAttempt } from '../core/routing/attempt.js'
import { calibrateTokens } from '../core/tokens/calibration.js'
import { createTokenCounter } from '../core/tokens/estimate.js'

export interface PlainRequestsOptions
  extends DefaultParametersOptions,
    Pick<AttemptOptions, 'registry' | 'credentials' | 'ports'> {}

/** What a request needs, be there a ledger or not: it is loaded with the first. */
export function createPlainRequests({ templates, log, ...asked }: PlainRequestsOptions) {
  const tokens = createTokenCounter()
  const defaults = createDefaultParameters({ templates, log })
  return { tokens, defaults, chat: compose([calibrateTokens(tokens)], createAttempt({ ...asked, defaults })) }
}
