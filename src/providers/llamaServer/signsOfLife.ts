import { secondMs } from '../../core/durations.js'
import type { QuietAnswer } from '../shared/chatWire/wire.js'
import type { SignOfLife } from '../shared/quietCheck.js'
import { createTransport } from '../shared/transport.js'
import { propertiesOf, slotsOf } from './addresses.js'
import { serverFacts } from './serverFacts.js'

/** A server that works needs a few milliseconds. */
const signMs = 15 * secondMs

/** The status; undefined where no answer came. */
type Status = number | undefined

const answered = 200
/** The server was started without this endpoint. */
const switchedOff = 501

/**
 * Pings come from a server’s network threads, which go on while it stops. Its slots are told by what computes the answers,
 * and its properties need a lock that a server never gives back once it hangs in stopping. Before an answer has begun its
 * prompt may take minutes, so that only a server that answers neither has stopped. Afterwards pieces follow one another,
 * and a server that has gone quiet has to show its slots.
 */
export async function signOfLife({ context, model, hasBegun }: QuietAnswer): Promise<SignOfLife> {
  const ask = async (urlOf: typeof slotsOf): Promise<Status> => {
    const transport = createTransport(context, {
      provider: serverFacts,
      kind: 'list',
      model,
      timeouts: { totalMs: signMs },
    })
    try {
      await transport.json(urlOf(transport.baseUrl, model.id))
      return answered
    } catch (thrown) {
      return transport.error(thrown).status
    }
  }
  const [slots, properties] = await Promise.all([ask(slotsOf), ask(propertiesOf)])
  // Older servers tell of their slots only between two batches.
  const isOlder = slots === undefined || slots === switchedOff
  if (slots === answered || (properties === answered && (isOlder || !hasBegun))) return 'alive'
  return hasBegun || properties === undefined ? 'dead' : 'unknown'
}
