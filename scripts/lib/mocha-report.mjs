// Reads what mocha's JSON reporter wrote.
import { readStamp, writeStamp } from './hashes.mjs'

/**
 * @typedef {object} Suite
 * @property {readonly string[]} passed full titles
 * @property {readonly { title: string, reason: string }[]} failed
 * @property {readonly string[]} secondAttempts titles of what failed at first and was run again
 */

/** Before whatever passed only when it was tried again, so that it is told even where all is well. */
export const secondAttemptMark = '↻'

/**
 * The suite's outcome. What did not run, or ran nothing, or skipped a test, has failed.
 * @param {string} path of the report
 * @param {{ code: number, name: string }} run how the process that ran the suite ended
 * @returns {Promise<Suite>}
 */
export async function readSuite(path, { code, name }) {
  const report = await readStamp(path)
  if (report === undefined)
    return { passed: [], failed: [{ title: name, reason: 'died before its report.' }], secondAttempts: [] }
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
  return { passed, failed, secondAttempts: report.secondAttempts ?? [] }
}

/**
 * @typedef {{ fullTitle: string, file: string, err: { message: string } }} TestReport
 *
 * @param {string} path of the report
 * @returns {Promise<readonly TestReport[]>} none where there is no report
 */
export async function readFailures(path) {
  return (await readStamp(path))?.failures ?? []
}

/**
 * Puts what another report says of some files in place of what this one said, and keeps what had failed. Without that
 * other one all stays as it was.
 * @param {string} path of the report
 * @param {{ files: readonly string[], by: string }} options
 */
export async function replaceInReport(path, { files, by }) {
  const [before, after] = await Promise.all([readStamp(path), readStamp(by)])
  if (before === undefined || after === undefined) return
  const secondAttempts = before.failures.map((/** @type {TestReport} */ { fullTitle }) => fullTitle)
  const parts = ['passes', 'failures', 'pending'].map((part) => [
    part,
    [...before[part].filter((/** @type {TestReport} */ { file }) => !files.includes(file)), ...after[part]],
  ])
  await writeStamp(path, { ...before, ...Object.fromEntries(parts), secondAttempts })
}

/**
 * A closing line. A second attempt is a defect, of the product or of the test.
 * @param {number} count of tests that were run again
 */
export function describeAttempts(count) {
  return count === 0
    ? 'No test needed a second attempt'
    : `${count} ${count === 1 ? 'test' : 'tests'} needed a second attempt`
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
