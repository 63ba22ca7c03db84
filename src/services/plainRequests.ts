import { randomUUID } from 'node:crypto'
import { type Chat, compose } from '../core/chat.js'
import { createDefaultParameters, type DefaultParametersOptions } from '../core/parameters/defaults.js'
import { type AttemptOptions, createAttempt } from '../core/routing/attempt.js'
import { calibrateTokens } from '../core/tokens/calibration.js'
import { createTokenCounter } from '../core/tokens/estimate.js'
import type { AttemptRecord } from '../core/usage/attemptRecord.js'
import { watchAttempts } from '../core/usage/attemptWatch.js'
import { createMeter } from '../core/usage/meter.js'
import { createAttemptSpool } from '../platform/attemptSpool.js'

export interface PlainRequestsOptions
  extends DefaultParametersOptions,
    Pick<AttemptOptions, 'registry' | 'credentials' | 'ports'> {
  /** The folder of the database. */
  readonly folder: string
}

/** Where attempts go that no ledger takes: into a file, which the next ledger takes in. */
function createAside({ folder, ports, log }: PlainRequestsOptions) {
  const { clock } = ports
  const spool = createAttemptSpool({ folder, id: randomUUID(), clock })
  return {
    append(record: AttemptRecord): void {
      try {
        spool.keep([record])
      } catch (error) {
        log.error('The usage of an attempt is lost', error)
      }
    },
  }
}

/** What a request needs, be there a ledger or not: it is loaded with the first. */
export function createPlainRequests(options: PlainRequestsOptions) {
  const { templates, log, registry, credentials, ports } = options
  const tokens = createTokenCounter()
  const defaults = createDefaultParameters({ templates, log })
  const meter = createMeter({
    ledger: createAside(options),
    findModel: (ref) => registry.find(ref),
    tokens,
    clock: ports.clock,
    createId: randomUUID,
  })
  const metered = watchAttempts(async (request, signal) => ({ request, watches: [meter(request, signal)] }))
  const attempt = createAttempt({ registry, credentials, ports, defaults })
  const chat: Chat = compose([calibrateTokens(tokens), metered], attempt)
  return { tokens, defaults, chat }
}
