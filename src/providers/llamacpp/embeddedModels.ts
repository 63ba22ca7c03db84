import { isBuiltinFile } from '../../core/builtinFiles.js'
import type { Message, ResponsePart } from '../../core/chat.js'
import { compact } from '../../core/compact.js'
import { minuteMs } from '../../core/durations.js'
import { createAnswerGate, emptyAnswer } from '../../core/emptyAnswer.js'
import { isModelError, ModelError } from '../../core/errors.js'
import type { Capabilities, ListedModel, ModelFacts, ModelInfo, ModelRef, Usage } from '../../core/model.js'
import type { NamedFile } from '../../core/modelParts.js'
import { parameterNames } from '../../core/parameters/merge.js'
import type { EngineUse } from '../../core/ports.js'
import type {
  EmbedRequest,
  EmbedResult,
  ProviderChatRequest,
  ProviderContext,
  RerankRequest,
  RerankResult,
} from '../../core/provider.js'
import { createAnswerMeter } from '../shared/answerLimits.js'
import { type EmbedLimits, embedInBatches } from '../shared/embeddings.js'
import { numberField } from '../shared/fields.js'
import type { RankingWork } from '../shared/lazyProvider.js'
import { prepareConversation } from '../shared/messages.js'
import { createParameterGate, type ParameterGate, type ParameterRules } from '../shared/parameters.js'
import { readExtraBody } from './extraBody.js'
import { fileOf, namedFiles } from './files.js'

const id = 'llamacpp'

/** Models are given no measure of effort: each thinks as much as it does. */
const rules: ParameterRules = { takes: parameterNames.filter((name) => name !== 'reasoningEffort') }

/** One job for the engine, after which one may cancel; it has no limits of its own. */
const embedLimits: EmbedLimits = { inputs: 256, tokens: 100_000 }

export function createEmbeddedModels(): RankingWork {
  const admit = createParameterGate()
  return {
    listModels,
    chat: (request, context) => chat(admitted(admit, request, context), context),
    embed,
    rerank,
  }
}

/** The output that a listed model states is a rule of this product, and no limit of the model. */
function admitted(admit: ParameterGate, request: ProviderChatRequest, context: ProviderContext) {
  const { maxOutputTokens: _, ...model } = request.model
  return admit({ ...request, model }, context, rules)
}

/** A broken file hides none of the others; it is named in the log. Throws only where no file can be used. */
async function listModels(context: ProviderContext): Promise<readonly ListedModel[]> {
  const { engine, log, signal } = context
  const files = namedFiles(context)
  const inspected = await Promise.allSettled(files.map(({ file }) => engine.inspect(file, signal)))
  signal.throwIfAborted()
  const models: ListedModel[] = []
  const failures: unknown[] = []
  for (const [index, file] of files.entries()) {
    const result = inspected[index]
    if (result?.status === 'fulfilled') models.push(toListed(file, result.value, contextSizeOf(context)))
    else failures.push(result?.reason)
  }
  if (models.length === 0 && failures.length > 0) throw named(failures[0])
  for (const failure of failures) {
    log.warn(`Left out of the list: ${failure instanceof Error ? failure.message : String(failure)}`)
  }
  return withDistinctNames(models)
}

/** What came with the extension greets newcomers, and knows nothing else to say. */
function toListed(
  { id: modelId, file }: NamedFile,
  stated: ModelFacts,
  contextSize: number | undefined,
): ListedModel {
  const facts = isBuiltinFile(file) ? { ...stated, byNameOnly: true } : stated
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

/** The extra members of the model win over what a request says, as they do where there is a body. */
function withExtraBody({ model, parameters }: ProviderChatRequest, context: ProviderContext) {
  const extra = readExtraBody(model, context)
  if (extra.unknown.length > 0) {
    const names = extra.unknown.join(', ')
    context.log.warn(`${model.name}: the embedded llama.cpp does not take ${names} of “extraBody”; left out.`)
  }
  const merged = { ...parameters, ...extra.parameters }
  return {
    ...(Object.keys(merged).length === 0 ? {} : { parameters: merged }),
    ...(Object.keys(extra.sampling).length === 0 ? {} : { sampling: extra.sampling }),
  }
}

async function* chat(request: ProviderChatRequest, context: ProviderContext): AsyncIterable<ResponsePart> {
  const { model, tools, toolMode } = request
  const use = useOf(model, context)
  const meter = createAnswerMeter({
    provider: id,
    providerName: 'llama.cpp',
    connection: context.connection.name,
    model: { connection: model.connection, id: model.id },
  })
  const gate = createAnswerGate()
  const messages = toMessages(request.messages, model.capabilities)
  try {
    const asked = { ...use, messages, ...compact({ tools, toolMode }), ...withExtraBody(request, context) }
    for await (const part of context.engine.chat(asked, context.signal)) {
      meter.add(part)
      if (part.type === 'finish' && gate.isEmpty())
        throw emptyAnswer({ who: 'llama.cpp', provider: id, model, reason: part.reason })
      if (part.type === 'finish' || part.type === 'usage') yield part
      else yield* gate.pass(part)
    }
  } catch (error) {
    throw named(error, model)
  }
}

async function embed(request: EmbedRequest, context: ProviderContext): Promise<EmbedResult> {
  const { model } = request
  const use = useOf(model, context)
  return await embedInBatches(request, embedLimits, async (inputs) => {
    try {
      return await context.engine.embed({ ...use, inputs }, context.signal)
    } catch (error) {
      throw named(error, model)
    }
  })
}

async function rerank(request: RerankRequest, context: ProviderContext): Promise<RerankResult> {
  const { model, query, documents } = request
  try {
    const use = useOf(model, context)
    const ranking = await context.engine.rerank({ ...use, query, documents }, context.signal)
    return { scores: ranking.scores, usage: inputUsage(ranking.inputTokens) }
  } catch (error) {
    throw named(error, model)
  }
}

function inputUsage(inputTokens: number): Usage {
  return {
    inputTokens,
    outputTokens: 0,
    cacheReadInputTokens: 0,
    cacheWriteInputTokens: 0,
    reasoningOutputTokens: 0,
    accuracy: 'exact',
  }
}

/** The model's file, and how the connection wants it used. */
export function useOf(model: ModelInfo, context: ProviderContext): EngineUse {
  const file = fileOf(model.id, context)
  if (file === undefined) throw unknownModel(model)
  const threads = numberField(context, 'threads')
  const contextSize = contextSizeOf(context)
  const gpuLayers = numberField(context, 'gpuLayers')
  const idleMinutes = numberField(context, 'idleMinutes')
  return {
    file,
    ...(threads === undefined ? {} : { threads }),
    ...(contextSize === undefined ? {} : { contextSize }),
    ...(gpuLayers === undefined ? {} : { gpuLayers }),
    ...(idleMinutes === undefined ? {} : { idleMs: idleMinutes * minuteMs }),
  }
}

function toMessages(messages: readonly Message[], capabilities: Capabilities): readonly Message[] {
  const prepared = prepareConversation(messages, capabilities)
  if (prepared.system === '') return prepared.messages
  return [{ role: 'system', content: [{ type: 'text', text: prepared.system }] }, ...prepared.messages]
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
