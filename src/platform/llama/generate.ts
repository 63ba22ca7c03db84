import { randomUUID } from 'node:crypto'
import type {
  ChatHistoryItem,
  ChatModelFunctions,
  ChatWrapper,
  LLamaChatGenerateResponseOptions,
  LlamaChatResponse,
  TokenMeterState,
} from 'node-llama-cpp'
import type { ChatParameters, FinishReason, ResponsePart, Tool } from '../../core/chat.js'
import { ModelError } from '../../core/errors.js'
import type { Usage } from '../../core/model.js'
import { createPartBatch } from './batch.js'
import { defaultOutputTokens } from './contextSize.js'
import { toChatHistory } from './history.js'
import { generatesText } from './inspect.js'
import type { LlamaModule } from './llamaModule.js'
import type { OpenModel } from './modelStore.js'
import type { ChatJob } from './protocol.js'
import { dropNulls, toGrammarSchema } from './toolSchema.js'

/** llama.cpp's own, for what a request leaves open. */
const samplingDefaults = { temperature: 0.8, topK: 40, topP: 0.95, minP: 0.05 } as const

/** Milliseconds; far below what an eye sees, and enough to spare a fast model a message per token. */
const batchInterval = 8

const finishReasons: Readonly<Record<LlamaChatResponse['metadata']['stopReason'], FinishReason>> = {
  eogToken: 'stop',
  stopGenerationTrigger: 'stop',
  customStopTrigger: 'stop',
  functionCalls: 'toolCalls',
  maxTokens: 'length',
  abort: 'stop',
}

/** node-llama-cpp's options are a union: those with functions, and those with a grammar. */
type GenerateOptions = Extract<LLamaChatGenerateResponseOptions<ChatModelFunctions>, { grammar?: never }>

export interface Generation {
  readonly module: LlamaModule
  readonly open: OpenModel
  readonly job: ChatJob
  readonly signal: AbortSignal
  readonly send: (parts: readonly ResponsePart[]) => void
}

/** Answers one request; rejects with the signal's reason, or with ModelError `context-length`. */
export async function generate({ module, open, job, signal, send }: Generation): Promise<void> {
  if (!generatesText(open.model.fileInsights)) throw notAChatModel(job.file)
  const history = toChatHistory(job.messages)
  const functions = toFunctions(job.tools)
  const wrapper =
    functions !== undefined && job.toolMode === 'required' ? forceCall(module, open.wrapper) : open.wrapper
  const room = measure(open, job, promptTokens(open, wrapper, history, functions))
  const sequence = await open.sequence({ ...room, threads: job.threads, signal })
  const meter = sequence.tokenMeter.getState()
  const chat = new module.LlamaChat({ contextSequence: sequence, chatWrapper: wrapper })
  const batch = createPartBatch(send, batchInterval)
  let reasoning = 0
  try {
    const response = await chat.generateResponse(history, {
      ...sampling(job.parameters),
      ...calls((part) => batch.add(part), functions, job.tools),
      onResponseChunk({ type, text, tokens }) {
        if (type === 'segment') reasoning += tokens.length
        if (text !== '') batch.add({ type: type === 'segment' ? 'reasoning' : 'text', text })
      },
      maxTokens: room.output,
      signal,
      repeatPenalty: false,
      contextShift: { size: 1, strategy: refuseToShift },
    })
    const used = sequence.tokenMeter.diff(meter)
    batch.add({ type: 'usage', usage: usageOf(room.prompt, used, reasoning) })
    batch.add({ type: 'finish', reason: finishReasons[response.metadata.stopReason] })
  } finally {
    batch.flush()
    chat.dispose()
  }
}

function notAChatModel(file: string): ModelError {
  const message = `${file} holds a model for embeddings, which cannot chat: choose another model.`
  return new ModelError({ code: 'capability-unsupported', message })
}

function promptTokens(
  open: OpenModel,
  wrapper: ChatWrapper,
  history: readonly ChatHistoryItem[],
  functions: ChatModelFunctions | undefined,
): number {
  const last = history.at(-1)
  const chatHistory =
    last?.type === 'model' ? history : [...history, { type: 'model' as const, response: [] }]
  const state = wrapper.generateContextState({
    chatHistory,
    ...(functions === undefined ? {} : { availableFunctions: functions }),
  })
  return state.contextText.tokenize(open.model.tokenizer).length
}

/** How the context is divided: tokens of the prompt, of the answer at most, of both, and of the largest context. */
function measure(
  open: OpenModel,
  job: ChatJob,
  prompt: number,
): { prompt: number; output: number; needed: number; limit: number } {
  const limit = Math.min(job.contextSize ?? open.largestContext, open.model.trainContextSize)
  // llama.cpp needs a free place for the token that it is about to make.
  const free = limit - prompt - 2
  if (free < 1) throw tooLong(job, prompt, limit)
  const output = Math.min(job.parameters?.maxOutputTokens ?? defaultOutputTokens, free)
  return { prompt, output, needed: prompt + output + 2, limit }
}

function tooLong(job: ChatJob, prompt: number, limit: number): ModelError {
  return new ModelError({
    code: 'context-length',
    message:
      `The request has ${prompt} tokens and the model ${job.file} takes ${limit}: ` +
      'shorten the conversation, attach less, or raise the context size of the connection.',
  })
}

/** Shifting would drop a part of the conversation without a word. */
function refuseToShift(): never {
  throw new ModelError({
    code: 'context-length',
    message: 'The answer outgrew the context: ask for a shorter one.',
  })
}

function sampling(
  parameters: ChatParameters | undefined,
): Pick<GenerateOptions, 'temperature' | 'topP' | 'topK' | 'minP' | 'seed' | 'customStopTriggers'> {
  const { temperature, topP, topK, seed, stop } = parameters ?? {}
  return {
    temperature: temperature ?? samplingDefaults.temperature,
    topP: topP ?? samplingDefaults.topP,
    topK: topK ?? samplingDefaults.topK,
    minP: samplingDefaults.minP,
    ...(seed === undefined ? {} : { seed }),
    ...(stop === undefined ? {} : { customStopTriggers: stop }),
  }
}

function toFunctions(tools: readonly Tool[] | undefined): ChatModelFunctions | undefined {
  if (tools === undefined || tools.length === 0) return undefined
  return Object.fromEntries(
    tools.map(({ name, description, inputSchema }) => [
      name,
      { description, ...(inputSchema === undefined ? {} : { params: toGrammarSchema(inputSchema) }) },
    ]),
  )
}

function calls(
  add: (part: ResponsePart) => void,
  functions: ChatModelFunctions | undefined,
  tools: readonly Tool[] | undefined,
): Pick<GenerateOptions, 'functions' | 'onFunctionCall'> {
  if (functions === undefined) return {}
  return {
    functions,
    onFunctionCall({ functionName: name, params }) {
      const schema = tools?.find((tool) => tool.name === name)?.inputSchema
      add({
        type: 'toolCall',
        callId: `call_${randomUUID()}`,
        name,
        input: asInput(dropNulls(params, schema)),
      })
    },
  }
}

function asInput(params: unknown): Readonly<Record<string, unknown>> {
  return typeof params === 'object' && params !== null && !Array.isArray(params) ? { ...params } : {}
}

/** The same wrapper, except that the answer begins inside a function call. */
function forceCall({ LlamaText }: LlamaModule, wrapper: ChatWrapper): ChatWrapper {
  const generateContextState: ChatWrapper['generateContextState'] = (options) => {
    const { contextText, stopGenerationTriggers } = wrapper.generateContextState(options)
    return {
      contextText,
      stopGenerationTriggers,
      noPrefixTrigger: { type: 'functionCall', inject: LlamaText('') },
    }
  }
  return Object.create(wrapper, { generateContextState: { value: generateContextState } })
}

/** The meter counts what was evaluated; the rest of the prompt was still in the context from the last turn. */
function usageOf(prompt: number, used: TokenMeterState, reasoning: number): Usage {
  return {
    inputTokens: prompt,
    outputTokens: used.usedOutputTokens,
    cacheReadInputTokens: Math.max(0, prompt - used.usedInputTokens),
    cacheWriteInputTokens: 0,
    reasoningOutputTokens: Math.min(reasoning, used.usedOutputTokens),
    accuracy: 'exact',
  }
}
