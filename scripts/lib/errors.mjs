/** Something that the person at the keyboard can mend: shown as its message alone, without a stack. */
export class SetupError extends Error {
  /** @override */
  name = 'SetupError'
}

/**
 * Runs a command's main function and ends the process when it fails, whatever is still under way.
 * @param {() => Promise<number | void>} main resolves with the exit code
 */
export async function runMain(main) {
  try {
    process.exitCode = (await main()) ?? 0
  } catch (error) {
    console.error(describeError(error))
    process.exit(1)
  }
}

/**
 * @param {unknown} error
 * @returns {string}
 */
export function describeError(error) {
  if (error instanceof SetupError) return `\n${error.message}`
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
