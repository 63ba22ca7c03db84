import { formatModelRef, type ModelInfo, type ModelRef } from '../model.js'
import type { Clock, Database, Log } from '../ports.js'
import type { LimitedUnit, RateLimits } from '../rateLimits.js'
import type { Further } from './further.js'
import { createRateUse, type RateLimitSettings } from './rateUse.js'
import { createStatedLimits, type StatedAmount, type StatedRefusal } from './statedLimits.js'

export interface RateGateOptions {
  readonly database: Database
  /** What the user allows a connection; asked anew for each request. */
  readonly limitsOf: (connectionId: string) => RateLimitSettings | undefined
  readonly clock: Pick<Clock, 'now'>
  readonly log: Log
  /** Settles what has ended; false where nothing has since. Before anything is refused. */
  readonly catchUp?: () => boolean
  /** Gives back what was reserved ahead; false if nothing was. Before anything is refused. */
  readonly giveBackAhead?: () => boolean
}

/** What holds a request back, in words, and until when: milliseconds since the epoch. */
export interface RateHindrance {
  readonly message: string
  readonly until: number
}

const cannotCount = 'Rate limits could not be counted'

const words: Readonly<Record<LimitedUnit | 'pause', string>> = {
  requests: 'requests',
  tokens: 'tokens',
  inputTokens: 'tokens of input',
  outputTokens: 'tokens of output',
  pause: 'pause',
}

export function refOf({ connection, id }: ModelInfo): string {
  return formatModelRef({ connection, id })
}

function describeStated(model: ModelInfo, refusal: StatedRefusal | undefined): RateHindrance | undefined {
  if (refusal === undefined) return undefined
  const what = refusal.unit === 'pause' ? 'asks for a pause' : `has no ${words[refusal.unit]} left`
  return { message: `${model.name} ${what}, by its provider's own word.`, until: refusal.until }
}

/** A limit of requests at once is not counted here. */
export function countsRate(limits: RateLimitSettings | undefined): limits is RateLimitSettings {
  return limits?.requestsPerMinute !== undefined || limits?.tokensPerMinute !== undefined
}

/** Limits spare the provider; they must not stop the work where there is no database to count in. */
function createOpening(log: Log) {
  return <T>(work: () => T): T | undefined => {
    try {
      return work()
    } catch (error) {
      log.error(cannotCount, error)
      return undefined
    }
  }
}

/** Takes and looks without a thought for the database's failures; to take needs a transaction. */
function createCounts({ database, limitsOf }: RateGateOptions) {
  const use = createRateUse(database)
  const stated = createStatedLimits(database)

  function lookAtOwn(model: ModelInfo, tokens: number, now: number, isTaken: boolean) {
    const settings = limitsOf(model.connection)
    if (!countsRate(settings)) return undefined
    const one = { connection: model.connection, tokens }
    const refusal = isTaken ? use.take(one, settings, now) : use.look(one, settings, now)
    if (refusal === undefined) return undefined
    const { unit, limit, until } = refusal
    const allowed = limit === 1 ? `one ${unit.slice(0, -1)}` : `${limit.toLocaleString('en')} ${unit}`
    const used = limit === 1 ? 'it is' : 'they are'
    return { message: `You allow ${model.connection} ${allowed} a minute, and ${used} used.`, until }
  }

  function takeBoth(model: ModelInfo, amount: StatedAmount, now: number): RateHindrance | undefined {
    const ref = refOf(model)
    const standing = stated.standing(ref, now)
    const hindrance =
      describeStated(model, stated.find(standing, amount)) ?? lookAtOwn(model, amount.tokens, now, true)
    if (hindrance === undefined && standing.length > 0) stated.use(ref, amount)
    return hindrance
  }

  return {
    use,
    stated,
    take: takeBoth,
    look(model: ModelInfo, amount: StatedAmount, now: number): RateHindrance | undefined {
      const found = stated.find(stated.standing(refOf(model), now), amount)
      return describeStated(model, found) ?? lookAtOwn(model, amount.tokens, now, false)
    },
  }
}

/** Where no limits are counted. */
export function takeAlone(database: Pick<Database, 'transaction'>, further: Further): void {
  if (further.takeAhead()) return
  database.transaction(() => further.take())
  further.stands()
}

/** Takes at once, or says what holds a request back. */
function createTaking(
  { database, clock, limitsOf, log }: RateGateOptions,
  counts: ReturnType<typeof createCounts>,
) {
  const { use, stated } = counts

  /** Without the write lock: nothing is limited, or all that it takes was taken ahead. */
  function takeAhead(model: ModelInfo, amount: StatedAmount, further?: Further): boolean {
    const now = clock.now()
    const one = { connection: model.connection, tokens: amount.tokens }
    const isCounted = countsRate(limitsOf(model.connection))
    if (isCounted && !use.advances.has(one, now)) return false
    if (stated.standing(refOf(model), now).length > 0) return false
    if (further !== undefined && !further.takeAhead()) return false
    if (isCounted) use.advances.use(one, now)
    return true
  }

  function takeNow(model: ModelInfo, amount: StatedAmount, further?: Further): RateHindrance | undefined {
    const now = clock.now()
    let isTaken = false
    try {
      if (takeAhead(model, amount, further)) return undefined
      const refused = database.transaction(() => {
        const hindrance = counts.take(model, amount, now)
        isTaken = true
        if (hindrance === undefined) further?.take()
        return hindrance
      })
      use.advances.end(true)
      if (refused === undefined) further?.stands()
      return refused
    } catch (error) {
      use.advances.end(false)
      if (isTaken && further !== undefined) throw error
      log.error(cannotCount, error)
      if (further !== undefined) takeAlone(database, further)
      return undefined
    }
  }

  return takeNow
}

/** Counts in the database what is asked of each connection and model. */
export function createRateGate(options: RateGateOptions) {
  const { clock, limitsOf, log } = options
  const counts = createCounts(options)
  const { use, stated } = counts
  const takeNow = createTaking(options, counts)
  const orOpen = createOpening(log)
  const catchUp = (): boolean => [options.giveBackAhead?.(), options.catchUp?.()].includes(true)

  return {
    models: () => orOpen(() => stated.models(clock.now())),
    look: (model: ModelInfo, amount: StatedAmount) => orOpen(() => counts.look(model, amount, clock.now())),
    /**
     * Takes the amount, or says what holds it back. `further` is done in the same transaction once nothing does, and takes
     * the amount back by throwing.
     */
    take(model: ModelInfo, amount: StatedAmount, further?: Further): RateHindrance | undefined {
      try {
        const hindrance = takeNow(model, amount, further)
        if (hindrance === undefined || !catchUp()) return hindrance
      } catch (error) {
        if (!catchUp()) throw error
      }
      return takeNow(model, amount, further)
    },
    /** Within the transaction of whoever calls, or alone. */
    correct: (connection: string, takenAt: number, tokens: number): void => {
      if (tokens !== 0 && limitsOf(connection)?.tokensPerMinute !== undefined)
        use.correct(connection, takenAt, tokens)
    },
    orOpen,
    state: (model: ModelRef, limits: RateLimits): void => {
      orOpen(() => stated.state(formatModelRef(model), limits))
    },
  }
}

export type RateGate = ReturnType<typeof createRateGate>
