import type { Message, ResponsePart } from '../../core/chat.js'
import { compact } from '../../core/compact.js'
import { minuteMs } from '../../core/durations.js'
import { createAnswerGate, emptyAnswer } from '../../core/emptyAnswer.js'
import { ModelError } from '../../core/errors.js'
import type { Capabilities, ModelInfo, ModelRef, Usage } from '../../core/model.js'
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
import { contextSizeOf, fileOf } from './files.js'
import { listModels } from './listModels.js'
import { id, named } from './named.js'

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

function unknownModel(model: ModelRef): ModelError {
  return new ModelError({
    code: 'not-found',
    message: `The connection ${model.connection} has no file ${model.id}.gguf any more: add the file again, or choose another model.`,
    provider: id,
    model: { connection: model.connection, id: model.id },
  })
}
