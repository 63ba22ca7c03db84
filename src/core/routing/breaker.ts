import { writeDuration } from '../durations.js'
import type { ModelError } from '../errors.js'
import { formatModelRef, type ModelRef } from '../model.js'
import type { Clock, Log } from '../ports.js'
import type { Obstacle } from './candidate.js'
import {
  beginCircuit,
  type Circuit,
  type CircuitLimits,
  circuitState,
  failCircuit,
  succeedCircuit,
  usualCircuitLimits,
} from './circuit.js'
import { type CircuitStore, createMemoryCircuitStore } from './circuitStore.js'

/** Leaves a model alone that fails, in all windows, and lets one request find out whether it works again. */
export interface Breaker {
  /** True while no model has failed lately, so that none need be looked at. */
  isQuiet(): boolean
  /** Looks only; cheap. */
  obstacle(model: ModelRef): Obstacle | undefined
  /** The right to ask: where the model is to be tried again, the first one to ask for it takes it. */
  admit(model: ModelRef): Obstacle | undefined
  /** An answer has begun. */
  begin(model: ModelRef): void
  /** An answer is whole. */
  succeed(model: ModelRef): void
  fail(model: ModelRef, error: ModelError): void
  /** Was asked, and nobody knows how the model is. */
  release(model: ModelRef): void
}

export interface BreakerOptions {
  readonly store: CircuitStore
  readonly clock: Pick<Clock, 'now' | 'monotonic'>
  readonly log: Pick<Log, 'warn'>
  readonly limits?: CircuitLimits
  /** Milliseconds after which what other windows have written is read again. */
  readonly refreshMs?: number
}

const usualRefreshMs = 500

/** Milliseconds after which a request that tries a model may have said how it went. */
const lookAgainMs = 250

function describe(circuit: Circuit, now: number, limits: CircuitLimits, name: string): Obstacle | undefined {
  const times = circuit.failures === 1 ? 'once' : `${circuit.failures} times in a row`
  const state = circuitState(circuit, now, limits)
  if (state === 'cooling' && circuit.code === 'quota-exhausted') {
    const message = `${name} had no credit or quota left and is tried again in ${writeDuration(circuit.coolUntil - now)}`
    return { code: 'quota-exhausted', message, until: circuit.coolUntil }
  }
  if (state === 'cooling') {
    const message = `${name} asks to be left alone for another ${writeDuration(circuit.coolUntil - now)} (${circuit.code})`
    return { code: 'cooling-down', message, until: circuit.coolUntil }
  }
  if (state === 'open') {
    const message = `${name} failed ${times} (${circuit.code}) and is tried again in ${writeDuration(circuit.openUntil - now)}`
    return { code: 'circuit-open', message, until: circuit.openUntil }
  }
  if (state !== 'probing') return undefined
  const message = `${name} failed ${times}, and one request is trying it now`
  return { code: 'circuit-open', message, until: Math.min(circuit.probeUntil, now + lookAgainMs) }
}

/** The store's rows as they were a moment ago; in this window's memory alone while the store fails. */
function createSnapshot(options: BreakerOptions) {
  const { clock, refreshMs = usualRefreshMs } = options
  const fallback = createMemoryCircuitStore()
  let circuits: ReadonlyMap<string, Circuit> = new Map()
  let readAt: number | undefined
  let isBroken = false

  function use<T>(work: (store: CircuitStore) => T): T {
    try {
      const result = work(options.store)
      isBroken = false
      return result
    } catch (error) {
      if (!isBroken)
        options.log.warn(`Failures of models are not shared with other windows: ${String(error)}`)
      isBroken = true
      return work(fallback)
    }
  }

  return {
    read(): ReadonlyMap<string, Circuit> {
      const now = clock.monotonic()
      if (readAt === undefined || now - readAt >= refreshMs) {
        circuits = use((store) => store.load())
        readAt = now
      }
      return circuits
    },
    change(model: ModelRef, next: (known: Circuit | undefined) => Circuit | undefined): void {
      const circuit = use((store) => store.change(model, next))
      const changed = new Map(circuits)
      if (circuit === undefined) changed.delete(formatModelRef(model))
      else changed.set(formatModelRef(model), circuit)
      circuits = changed
    },
  }
}

/** What providers have told this window holds however the clock is set. */
function createHeldPauses({ clock }: BreakerOptions) {
  const endings = new Map<string, number>()
  return {
    isEmpty: () => endings.size === 0,
    add(name: string, ms: number): void {
      const end = clock.monotonic() + ms
      if (ms > 0 && end > (endings.get(name) ?? 0)) endings.set(name, end)
    },
    obstacle(name: string): Obstacle | undefined {
      const left = (endings.get(name) ?? 0) - clock.monotonic()
      if (left <= 0) {
        endings.delete(name)
        return undefined
      }
      const message = `${name} asks to be left alone for another ${writeDuration(left)}`
      return { code: 'cooling-down', message, until: Math.ceil(clock.now() + left) }
    },
  }
}

export function createBreaker(options: BreakerOptions): Breaker {
  const { clock, limits = usualCircuitLimits } = options
  const snapshot = createSnapshot(options)
  const pauses = createHeldPauses(options)
  const known = (model: ModelRef): Circuit | undefined => {
    const circuits = snapshot.read()
    return circuits.size === 0 ? undefined : circuits.get(formatModelRef(model))
  }

  const isQuiet = (): boolean => snapshot.read().size === 0 && pauses.isEmpty()

  function obstacle(model: ModelRef): Obstacle | undefined {
    if (isQuiet()) return undefined
    const name = formatModelRef(model)
    const circuit = known(model)
    const shared = circuit === undefined ? undefined : describe(circuit, clock.now(), limits, name)
    return shared ?? pauses.obstacle(name)
  }

  return {
    isQuiet,
    obstacle,
    admit(model) {
      const hindrance = obstacle(model)
      const now = clock.now()
      if (hindrance !== undefined || circuitState(known(model), now, limits) !== 'halfOpen') return hindrance
      let isMine = false
      snapshot.change(model, (current) => {
        isMine = circuitState(current, now, limits) === 'halfOpen'
        return isMine && current !== undefined ? { ...current, probeUntil: now + limits.probeMs } : current
      })
      return isMine ? undefined : obstacle(model)
    },
    begin(model) {
      const now = clock.now()
      const circuit = known(model)
      // Most answers have nothing to open.
      if (beginCircuit(circuit, now, limits) === circuit) return
      snapshot.change(model, (current) => beginCircuit(current, now, limits))
    },
    succeed(model) {
      const now = clock.now()
      if (known(model) === undefined) return
      snapshot.change(model, (current) => succeedCircuit(current, now, limits))
    },
    fail(model, { code, retryAfterMs }) {
      const now = clock.now()
      pauses.add(formatModelRef(model), Math.min(retryAfterMs ?? 0, limits.maxCoolMs))
      snapshot.change(model, (current) => failCircuit(current, { code, retryAfterMs }, now, limits))
    },
    release(model) {
      if (known(model) === undefined) return
      snapshot.change(model, (current) => (current === undefined ? undefined : { ...current, probeUntil: 0 }))
    },
  }
}
