import type { ConnectionTestRecord } from '../../core/registry/connectionTests.js'
import type { HealthCheck } from '../../core/registry/healthRecords.js'
import type { Pause } from '../../core/registry/pace.js'
import type { ConnectionTestResult, TestStep } from '../../core/registry/testConnection.js'
import { formatModelCount, formatMoment } from './format.js'

const milliseconds = (duration: number): string => `${Math.round(duration).toLocaleString('en')} ms`

/** e.g. "answered in 120 ms with 40 models; gpt-5-nano answered in 410 ms". */
function describeResult({ latencyMs, modelCount, leftOut, key, chat }: ConnectionTestResult): string {
  const listed = `answered in ${milliseconds(latencyMs)} with ${formatModelCount(modelCount, leftOut)}`
  if (chat !== undefined) return `${listed}; ${chat.model} answered in ${milliseconds(chat.latencyMs)}`
  return key === 'unproven' ? `${listed}; its list is public, so the key is not proven` : listed
}

const seconds = (duration: number): string => `${Math.max(1, Math.round(duration / 1000))} s`

/** E.g. "asked 3 s ago; again in 7 s". */
export function describePause({ agoMs, againInMs }: Pause): string {
  return `asked ${seconds(agoMs)} ago; again in ${seconds(againInMs)}`
}

/** A sentence or two about a test that passed, or that has just passed and was not run again. */
export function describeTested(name: string, result: ConnectionTestResult): string {
  const { pause } = result
  if (pause === undefined) return `${name} ${describeResult(result)}.`
  return `${name} was tested ${seconds(pause.agoMs)} ago: ${describeResult(result)}. Test again in ${seconds(pause.againInMs)}.`
}

const stepWords: Readonly<Record<TestStep, string>> = {
  list: 'listing its models',
  chat: 'asking a model for one token',
}

/** One sentence or two. `now`: milliseconds since the epoch. */
export function describeTest({ at, outcome }: ConnectionTestRecord, now: number): string {
  const when = formatMoment(at, now)
  if ('step' in outcome) return `Test ${when} failed at ${stepWords[outcome.step]}: ${outcome.message}`
  return `Tested ${when}: ${describeResult(outcome)}`
}

/** E.g. "answered in 40 ms". */
export function describeOutcome({ latencyMs, error }: HealthCheck): string {
  return error?.message ?? `answered in ${milliseconds(latencyMs)}`
}

/** E.g. "Checked 12:03: answered in 40 ms". `now`: milliseconds since the epoch. */
export function describeCheck(check: HealthCheck, now: number): string {
  return `Checked ${formatMoment(check.at, now)}: ${describeOutcome(check)}`
}
