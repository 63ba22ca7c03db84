import type { ResponsePart } from '../../core/chat.js'
import type { Provider, ProviderChatRequest, ProviderContext } from '../../core/provider.js'

/** What talks to a server; loaded when it is first used, so that a provider's row costs activation almost nothing. */
export type Wire = Pick<Provider, 'listModels' | 'chat'>

async function* chatOver(
  load: () => Promise<Wire>,
  request: ProviderChatRequest,
  context: ProviderContext,
): AsyncIterable<ResponsePart> {
  const wire = await load()
  yield* wire.chat(request, context)
}

/** `open` makes the wire, with its state, once. */
export function lazyWire(open: () => Promise<Wire>): Wire {
  let opened: Promise<Wire> | undefined
  const load = (): Promise<Wire> => (opened ??= open())
  return {
    listModels: async (context) => (await load()).listModels(context),
    chat: (request, context) => chatOver(load, request, context),
  }
}
