import type { Message, ResponsePart } from '../core/chat.js'
import { isModelError, ModelError } from '../core/errors.js'
import type { ListedModel, ModelFacts, ModelRef } from '../core/model.js'
import type { ConnectionField, Provider, ProviderContext } from '../core/provider.js'
import { listField, numberField } from './shared/fields.js'
import { prepareConversation } from './shared/messages.js'

const id = 'llamacpp'

const fields: readonly ConnectionField[] = [
  {
    id: 'files',
    label: 'Model files',
    type: 'files',
    description: 'GGUF files on this disk, each of them one model.',
    required: true,
    asked: true,
  },
  {
    id: 'contextSize',
    label: 'Context size',
    type: 'number',
    description:
      'Tokens of a conversation at most. Without it, what the model was trained for, as far as half of the memory allows.',
    minimum: 512,
    maximum: 10_000_000,
  },
  {
    id: 'threads',
    label: 'Threads',
    type: 'number',
    description: 'Processor threads to use. Without it, half of the processor’s, four at most.',
    minimum: 1,
    maximum: 256,
  },
]

export const llamacpp: Provider = {
  id,
  name: 'llama.cpp (embedded)',
  location: 'local',
  description: 'Runs GGUF model files inside the extension, without a server, a key or a network.',
  fields,
  listModels,
  chat,
}

interface NamedFile {
  readonly id: string
  readonly file: string
}

/** A broken file hides none of the others; it is named in the log. Throws only where no file can be used. */
async function listModels(context: ProviderContext): Promise<readonly ListedModel[]> {
  const { engine, log, signal } = context
  const files = namedFiles(context)
  const inspected = await Promise.allSettled(files.map(({ file }) => engine.inspect(file, signal)))
  signal.throwIfAborted()
  const models: ListedModel[] = []
  const failures: unknown[] = []
  for (const [index, { id: modelId }] of files.entries()) {
    const result = inspected[index]
    if (result?.status === 'fulfilled') models.push(toListed(modelId, result.value, contextSizeOf(context)))
    else failures.push(result?.reason)
  }
  if (models.length === 0 && failures.length > 0) throw named(failures[0])
  for (const failure of failures) {
    log.warn(`Left out of the list: ${failure instanceof Error ? failure.message : String(failure)}`)
  }
  return withDistinctNames(models)
}

function toListed(modelId: string, facts: ModelFacts, contextSize: number | undefined): ListedModel {
  if (contextSize === undefined) return { ...facts, id: modelId }
  const { maxOutputTokens } = facts
  return {
    ...facts,
    id: modelId,
    contextWindow: contextSize,
    ...(maxOutputTokens === undefined
      ? {}
      : { maxOutputTokens: Math.min(maxOutputTokens, Math.floor(contextSize / 4)) }),
  }
}

/** Files of one model in several quantisations state the same name. */
function withDistinctNames(models: readonly ListedModel[]): readonly ListedModel[] {
  const shared = (name: string): boolean => models.filter((model) => model.name === name).length > 1
  return models.map((model) =>
    model.name !== undefined && shared(model.name)
      ? { ...model, name: `${model.name} (${model.id})` }
      : model,
  )
}

async function* chat(...[request, context]: Parameters<Provider['chat']>): AsyncIterable<ResponsePart> {
  const { model, tools, toolMode, parameters } = request
  const found = namedFiles(context).find((entry) => entry.id === model.id)
  if (found === undefined) throw unknownModel(model)
  const threads = numberField(context, 'threads')
  const contextSize = contextSizeOf(context)
  try {
    yield* context.engine.chat(
      {
        file: found.file,
        messages: toMessages(request.messages, model.capabilities.systemRole),
        ...(tools === undefined ? {} : { tools }),
        ...(toolMode === undefined ? {} : { toolMode }),
        ...(parameters === undefined ? {} : { parameters }),
        ...(threads === undefined ? {} : { threads }),
        ...(contextSize === undefined ? {} : { contextSize }),
      },
      context.signal,
    )
  } catch (error) {
    throw named(error, model)
  }
}

function toMessages(messages: readonly Message[], systemRole: boolean | undefined): readonly Message[] {
  const prepared = prepareConversation(messages, { systemRole })
  if (prepared.system === '') return prepared.messages
  return [{ role: 'system', content: [{ type: 'text', text: prepared.system }] }, ...prepared.messages]
}

/** A model's id is its file's name; the same name in another folder gets a number. */
function namedFiles(context: ProviderContext): readonly NamedFile[] {
  const taken = new Set<string>()
  return listField(context, 'files').map((file) => {
    const base = baseName(file)
    let modelId = base
    for (let count = 2; taken.has(modelId); count++) modelId = `${base}-${count}`
    taken.add(modelId)
    return { id: modelId, file }
  })
}

function baseName(file: string): string {
  const name = file.split(/[/\\]/).at(-1) ?? file
  // Of a model in several files, the first one stands for all.
  return name.replace(/\.gguf$/i, '').replace(/-00001-of-\d{5}$/, '')
}

function contextSizeOf(context: ProviderContext): number | undefined {
  return numberField(context, 'contextSize')
}

function named(error: unknown, model?: ModelRef): unknown {
  if (!isModelError(error)) return error
  const { code, message, retryable, retryAfterMs, cause } = error
  return new ModelError({
    code,
    message,
    provider: id,
    ...(model === undefined ? {} : { model: { connection: model.connection, id: model.id } }),
    retryable,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    cause,
  })
}

function unknownModel(model: ModelRef): ModelError {
  return new ModelError({
    code: 'not-found',
    message: `The connection ${model.connection} has no file ${model.id}.gguf any more: add the file again, or choose another model.`,
    provider: id,
    model: { connection: model.connection, id: model.id },
  })
}
