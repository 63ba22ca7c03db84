import { ModelError } from '../../core/errors.js'
import type { Connection, Provider } from '../../core/provider.js'
import type { ConnectionTestResult } from '../../core/registry/testConnection.js'
import { findBaseUrl } from './baseProbe.js'
import { describeError } from './errors.js'
import { mayAskToken } from './oneToken.js'
import type { CommandServices } from './services.js'

export interface Candidate {
  readonly connection: Connection
  readonly provider: Provider
  /** Absent: the stored key, the environment's, or none. */
  readonly enteredKey?: string
}

export type Check =
  | { readonly kind: 'passed'; readonly result: ConnectionTestResult }
  | { readonly kind: 'failed'; readonly error: unknown }

/** Tests a connection as it would be. A cancelled test counts as failed: the user decides what follows. */
export async function checkCandidate(services: CommandServices, candidate: Candidate): Promise<Check> {
  const { connection, provider, enteredKey } = candidate
  try {
    const result = await services.ui.progress(`Testing ${connection.name}…`, async (signal) => {
      const key = enteredKey ?? (await services.credentials.resolve(connection))
      const mayChat = mayAskToken(services, connection)
      return services.testConnection({ connection, provider, key, mayChat }, signal)
    })
    return { kind: 'passed', result }
  } catch (error) {
    services.log.debug(`Test of ${connection.id} failed: ${describeError(error)}`)
    return { kind: 'failed', error }
  }
}

/** What follows a failed test; another base URL is one at which the server answers. */
export type Verdict = 'save' | 'edit' | 'cancel' | { readonly baseUrl: string }

/** After a failed test nothing is saved unless the user insists. */
export async function askAfterFailure(
  services: CommandServices,
  candidate: Candidate,
  error: unknown,
): Promise<Verdict> {
  const baseUrl = await findBaseUrl(services, candidate, error)
  const use = `Use ${baseUrl ?? ''}`
  const found = baseUrl === undefined ? '' : `\n\nThe server lists its models at ${baseUrl}.`
  const answer = await services.ui.tell({
    level: 'error',
    modal: true,
    message: `“${candidate.connection.name}” did not pass its test.`,
    detail: `${describeError(error)}${found}\n\nNothing has been saved yet.`,
    buttons: [...(baseUrl === undefined ? [] : [use]), 'Edit', 'Save Anyway'],
  })
  if (baseUrl !== undefined && answer === use) return { baseUrl }
  if (answer === 'Save Anyway') return 'save'
  return answer === 'Edit' ? 'edit' : 'cancel'
}

async function undo(services: CommandServices, connection: Connection, previous: Connection | undefined) {
  if (previous === undefined) await services.connections.remove(connection.id)
  else await services.connections.save(previous)
}

/**
 * Settings first, key second; when the key cannot be stored, the settings go back to what they were.
 * Throws ModelError `not-saved`, saying in which state things are.
 */
export async function saveConnection(
  services: CommandServices,
  connection: Connection,
  key: string | undefined,
): Promise<void> {
  const previous = services.connections.list().find((candidate) => candidate.id === connection.id)
  await services.connections.save(connection)
  if (key === undefined) return
  try {
    await services.credentials.store(connection, key)
  } catch (cause) {
    services.log.error(`The key of ${connection.id} could not be stored`, cause)
    const failure = `The key of “${connection.name}” could not be stored`
    try {
      await undo(services, connection, previous)
    } catch (undoFailure) {
      services.log.error(`The settings of ${connection.id} could not be restored`, undoFailure)
      const message = `${failure}, and the settings could not be put back: the connection is saved without a key. Enter the key again later.`
      throw new ModelError({ code: 'not-saved', message, provider: connection.provider, cause })
    }
    const state =
      previous === undefined ? 'the connection was not added' : 'the connection is as it was before'
    const message = `${failure}, so ${state}. Make sure the system’s keyring works, then try again.`
    throw new ModelError({ code: 'not-saved', message, provider: connection.provider, cause })
  }
}
