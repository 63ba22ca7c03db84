// Reads figures from what was measured; each throws where nothing was.
import { differences, median } from './statistics.mjs'

/**
 * @typedef {import('./sessions.mjs').Round} Round
 * @typedef {import('../../test/bench/host/streams.js').Timing} Timing
 * @typedef {import('./rows.mjs').Measurements} Measurements
 * @typedef {keyof import('../../test/bench/host/job.js').StreamFigures} StreamCandidate
 */

/**
 * @template T
 * @param {T | undefined} value
 * @returns {T}
 */
export function present(value) {
  if (value === undefined) throw new Error('there is no figure.')
  return value
}

/**
 * @param {readonly Round[]} rounds
 * @param {'activationMs' | 'activationCpuMs'} key
 */
export function overEmpty(rounds, key) {
  const pairs = rounds.flatMap(({ product, empty }) => (empty === undefined ? [] : [{ product, empty }]))
  const product = pairs.map((pair) => pair.product[key])
  const empty = pairs.map((pair) => pair.empty[key])
  return { value: median(differences(product, empty)), reference: median(empty) }
}

/** @param {Measurements} measurements */
export function readMemory({ rounds }) {
  const memory = rounds.flatMap(({ product, empty }) => {
    if (product.memory === undefined || empty?.memory?.afterFloor === undefined) return []
    const ours = product.memory.after - product.memory.before
    return [
      {
        added: ours - (empty.memory.after - empty.memory.before),
        floor: empty.memory.afterFloor - empty.memory.after,
      },
    ]
  })
  return {
    value: median(memory.map(({ added }) => added)) / 1e6,
    reference: median(memory.map(({ floor }) => floor)) / 1e6,
  }
}

/**
 * @param {readonly Round[]} rounds
 * @param {StreamCandidate} ours
 * @param {StreamCandidate} floor
 */
export function shareOf(rounds, ours, floor) {
  const reference = timesOf(rounds, floor, 'firstMs')
  return {
    value: median(differences(timesOf(rounds, ours, 'firstMs'), reference)),
    reference: median(reference),
  }
}

/**
 * @param {readonly Round[]} rounds
 * @param {StreamCandidate} candidate
 * @param {keyof Timing} key
 */
export function timesOf(rounds, candidate, key) {
  return rounds.flatMap(({ product }) => product.stream?.[candidate].map((timing) => timing[key]) ?? [])
}

/**
 * @param {readonly Round[]} rounds
 * @param {number} everyMs
 * @param {'floor' | 'product'} candidate
 * @param {keyof Timing} key
 */
export function pacesOf(rounds, everyMs, candidate, key) {
  return rounds.flatMap(({ product }) => {
    const figures = product.pace?.find((pace) => pace.everyMs === everyMs)
    return figures?.[candidate].map((timing) => timing[key]) ?? []
  })
}
