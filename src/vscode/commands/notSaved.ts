import { ModelError } from '../../core/errors.js'

/** What VS Code says of a failure is for programs: `message` says it in its place, with the next step. */
export async function orNotSaved<T>(message: string, work: () => PromiseLike<T>): Promise<T> {
  try {
    return await work()
  } catch (cause) {
    throw new ModelError({ code: 'not-saved', message, cause })
  }
}
