// One line per step of the set-up.

/**
 * @callback Step
 * @param {string} name
 * @param {() => Promise<string | void>} work resolves with a short remark for the line, such as "up to date"
 * @returns {Promise<void>}
 */

/**
 * @param {(line: string) => void} [print]
 * @returns {Step}
 */
export function createProgress(print = console.log) {
  return async (name, work) => {
    const start = Date.now()
    const waiting = setTimeout(() => print(`  … ${name}`), 1500)
    try {
      const remark = await work()
      print(`  ✔ ${name} ${formatSeconds(Date.now() - start)}${remark ? ` (${remark})` : ''}`)
    } catch (error) {
      print(`  ✖ ${name} ${formatSeconds(Date.now() - start)}`)
      throw error
    } finally {
      clearTimeout(waiting)
    }
  }
}

/** @param {number} milliseconds */
export function formatSeconds(milliseconds) {
  return `${(milliseconds / 1000).toFixed(1)} s`
}
