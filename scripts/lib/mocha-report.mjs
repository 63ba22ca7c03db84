// Reads what mocha's JSON reporter wrote.
import { readStamp } from './hashes.mjs'

/**
 * @typedef {object} Suite
 * @property {readonly string[]} passed full titles
 * @property {readonly { title: string, reason: string }[]} failed
 */

/**
 * The suite's outcome. What did not run, or ran nothing, or skipped a test, has failed.
 * @param {string} path of the report
 * @param {{ code: number, name: string }} run how the process that ran the suite ended
 * @returns {Promise<Suite>}
 */
export async function readSuite(path, { code, name }) {
  const report = await readStamp(path)
  if (report === undefined)
    return { passed: [], failed: [{ title: name, reason: 'died before its report.' }] }
  /** @type {string[]} */
  const passed = report.passes.map((/** @type {any} */ test) => test.fullTitle)
  const failed = [
    ...report.failures.map((/** @type {any} */ { fullTitle, err }) => ({
      title: fullTitle,
      reason: reasonOf(err),
    })),
    ...report.pending.map((/** @type {any} */ test) => ({ title: test.fullTitle, reason: 'is skipped.' })),
  ]
  if (passed.length + failed.length === 0) failed.push({ title: name, reason: 'ran no test.' })
  if (code !== 0 && failed.length === 0)
    failed.push({ title: name, reason: `ended with code ${code} after its tests.` })
  return { passed, failed }
}

/**
 * @param {Suite} suite
 * @returns {string}
 */
export function describeFailures({ failed }) {
  return failed.map(({ title, reason }) => `    ✖ ${title}\n${indent(reason)}`).join('\n')
}

/** @param {{ message?: string, stack?: string }} error */
function reasonOf({ message = 'no reason given', stack = '' }) {
  return stack.includes(message) ? stack : `${message}\n${stack}`
}

/** @param {string} text */
function indent(text) {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => `        ${line}`)
    .join('\n')
}
