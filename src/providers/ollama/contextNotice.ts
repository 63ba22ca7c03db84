import { compact } from '../../core/compact.js'
import { ModelError } from '../../core/errors.js'
import type { ModelInfo } from '../../core/model.js'
import type { ProviderChatRequest, ProviderContext } from '../../core/provider.js'
import { estimateInput } from '../shared/estimate.js'
import type { Transport } from '../shared/transport.js'
import { type ContextMemory, neededContext, raiseContext, smallestLoaded } from './contextSize.js'
import { advise } from './errors.js'
import { loadedContext, trainedContext } from './models.js'
import { keepAliveOf } from './request.js'

export interface ContextWatch {
  readonly request: ProviderChatRequest
  readonly context: ProviderContext
  readonly memory: ContextMemory
  /** A transport for one document, of the signal that is given. */
  readonly open: (kind: 'list' | 'document', signal: AbortSignal) => Transport
}

/** How long an answer that has begun waits for `/api/ps`, in milliseconds. */
const patienceMs = 500

/**
 * Asks what the model is loaded with, beside the chat, where the prompt might not fit. Call the result once the chat
 * was accepted: it is what Ollama said, or undefined where it said nothing in time. Never rejects. A request that
 * states its own context, `size`, need not ask.
 */
export function askLoadedContext(
  { request, context, open }: ContextWatch,
  size: number | undefined,
): () => Promise<number | undefined> {
  const { model } = request
  const isSure = model.location === 'cloud' || estimateInput(request) < smallestLoaded
  if (isSure || size !== undefined) return () => Promise.resolve(undefined)
  const over = new AbortController()
  const asked = open('list', AbortSignal.any([context.signal, over.signal]))
    .json('api/ps')
    .then((body) => loadedContext(body, model.id))
    .catch(() => undefined)
  return async () => {
    const waiting = context.clock.sleep(patienceMs, over.signal).catch(() => undefined)
    const found = await Promise.race([asked, waiting])
    over.abort()
    return typeof found === 'number' ? found : undefined
  }
}

/** Tells the user where the prompt does not fit into the context that the model is loaded with. */
export function warnOfContext(watch: ContextWatch, window: number | undefined): void {
  const { request, context } = watch
  const { model } = request
  if (window === undefined) return
  const needed = estimateInput(request)
  if (needed <= window) return
  const figure = (tokens: number): string => tokens.toLocaleString('en')
  context.notices.notice({
    code: 'context-too-small',
    message: `Ollama runs ${model.name} with a context of ${figure(window)} tokens, and this conversation has about ${figure(needed)}: what does not fit is left out or refused.`,
    model: { connection: model.connection, id: model.id },
    action: {
      label: 'Reload with larger context',
      run: reloader(
        { context, memory: watch.memory, open: watch.open, model },
        neededContext(request),
        window,
      ),
    },
  })
}

/** Of a request what may be kept behind it: nothing that was said. */
type Loader = Omit<ContextWatch, 'request'> & { readonly model: ModelInfo }

/** Loads the model again, as large as the conversation needs it, and keeps to that. */
function reloader({ context, memory, open, model }: Loader, needed: number, window: number) {
  return async (signal: AbortSignal): Promise<void> => {
    const shown = await ask(open('list', signal), 'api/show', { model: model.id })
    const size = raiseContext(needed, window, trainedContext(undefined, shown) ?? model.contextWindow)
    if (size === undefined) throw cannotRead(model, window)
    const body = { model: model.id, keep_alive: keepAliveOf(context.connection), options: { num_ctx: size } }
    await ask(open('document', signal), 'api/generate', compact({ ...body, stream: false }))
    memory.keep(model, size)
    context.log.info(`Ollama has loaded ${model.id} again with a context of ${size} tokens.`)
  }
}

async function ask(transport: Transport, path: string, body: object): Promise<unknown> {
  try {
    return await transport.json(path, body)
  } catch (thrown) {
    throw advise(transport.error(thrown), transport.subject)
  }
}

function cannotRead(model: ModelInfo, window: number): ModelError {
  return new ModelError({
    code: 'context-length',
    message: `${model.name} reads no more than ${window.toLocaleString('en')} tokens. Choose a model with a larger context, or shorten the conversation.`,
    provider: model.provider,
    model: { connection: model.connection, id: model.id },
  })
}
