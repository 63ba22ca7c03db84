import type { Transport } from './transport.js'

const lostConnection = new Set(['incomplete', 'timeout'])

/** Passes events on; a connection that is lost once the answer is told has taken nothing with it. */
export async function* forgiveLateFailure(
  events: AsyncIterable<unknown>,
  transport: Transport,
  isTold: () => boolean,
): AsyncIterable<unknown> {
  try {
    yield* events
  } catch (thrown) {
    const error = transport.error(thrown)
    if (!isTold() || !lostConnection.has(error.code)) throw error
  }
}
