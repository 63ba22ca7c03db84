import { type JsonRecord } from '../../../core/json.js'
import type { Log } from '../../../core/ports.js'
import type { ProviderChatRequest, ProviderContext } from '../../../core/provider.js'
import { customiseBody } from '../customBody.js'
import { createParameterGate } from '../parameters.js'
import { createToolNames } from '../toolSchema.js'
import { toChatBody } from './request.js'
import { rulesOf } from './rules.js'
import type { ChatWire } from './wire.js'

const ignore = (): void => {}

/** The chat itself says what it leaves out. */
const quiet: Log = { trace: ignore, debug: ignore, info: ignore, warn: ignore, error: ignore }

/** The body of a chat as the chat would send it, but for how it is answered. Throws ModelError. */
export function toCountedBody(
  { id, wire }: { readonly id: string; readonly wire: ChatWire },
  request: ProviderChatRequest,
  context: ProviderContext,
): JsonRecord {
  const admitted = createParameterGate()(request, { ...context, log: quiet }, rulesOf(wire))
  const body = toChatBody(admitted, {
    provider: id,
    connection: context.connection,
    wire,
    toolNames: createToolNames(request.tools ?? []),
    streamUsage: false,
  })
  const { stream: _, ...counted } = customiseBody(body, request.model, context, wire.parameters)
  return counted
}
