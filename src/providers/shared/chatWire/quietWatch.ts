import type { ModelInfo } from '../../../core/model.js'
import type { ProviderContext } from '../../../core/provider.js'
import type { EventReader } from '../answer.js'
import { arrayAt, recordAt } from '../json.js'
import type { TransportOptions } from '../transport.js'
import type { ChatProviderRow } from './wire.js'

export interface QuietWatch {
  readonly transport: Pick<TransportOptions, 'quiet'>
  /** The same reader, watched for the beginning of the answer. */
  readonly watched: (reader: EventReader) => EventReader
}

/** Asks a server whose answer has gone quiet whether it still works, where its row says how. */
export function quietWatch(
  { signOfLife }: Pick<ChatProviderRow, 'signOfLife'>,
  model: ModelInfo,
  context: ProviderContext,
): QuietWatch | undefined {
  if (signOfLife === undefined) return undefined
  let hasBegun = false
  return {
    transport: { quiet: (signal) => signOfLife({ context: { ...context, signal }, model, hasBegun }) },
    watched: (reader) => ({
      isTold: () => reader.isTold(),
      read(event, name) {
        hasBegun ||= begins(event)
        return reader.read(event, name)
      },
    }),
  }
}

/** Any piece of text, thought or call; the first event says who speaks, and nothing else. */
function begins(event: unknown): boolean {
  return arrayAt(event, 'choices').some((choice) => {
    const { role: _, ...pieces } = recordAt(choice, 'delta')
    return Object.values(pieces).some((piece) => piece !== null && piece !== undefined && piece !== '')
  })
}
