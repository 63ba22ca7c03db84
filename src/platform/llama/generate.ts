import { randomUUID } from 'node:crypto'
import type {
  ChatHistoryItem,
  ChatModelFunctions,
  ChatWrapper,
  LLamaChatGenerateResponseOptions,
  LlamaChatResponse,
  LlamaChatResponseChunk,
  TokenMeterState,
} from 'node-llama-cpp'
import type { FinishReason, ResponsePart, Tool } from '../../core/chat.js'
import { ModelError } from '../../core/errors.js'
import { isRecord } from '../../core/json.js'
import type { Usage } from '../../core/model.js'
import { type AnswerForm, createAnswerForm } from './answerForm.js'
import { createPartBatch } from './batch.js'
import { defaultOutputTokens } from './contextSize.js'
import { toChatHistory } from './history.js'
import { type ModelKind, modelKind } from './inspect.js'
import type { LlamaModule } from './llamaModule.js'
import type { OpenModel } from './modelStore.js'
import type { ChatJob } from './protocol.js'
import { samplingOf } from './sampling.js'
import { dropNulls, toGrammarSchema } from './toolSchema.js'

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
  const kind = modelKind(open.model.fileInsights)
  if (kind !== 'chat') throw notAChatModel(job.file, kind)
  const history = toChatHistory(job.messages)
  const functions = toFunctions(job.tools)
  const wrapper =
    functions !== undefined && job.toolMode === 'required' ? forceCall(module, open.wrapper) : open.wrapper
  // A grammar leaves no room for calls, so tools go before a form.
  const form =
    functions === undefined
      ? await createAnswerForm(open.model.llama, job.parameters?.responseFormat)
      : undefined
  const room = measure(open, job, promptTokens(open, wrapper, history, functions))
  const sequence = await open.sequence({ ...room, threads: job.threads, signal })
  const meter = sequence.tokenMeter.getState()
  const chat = new module.LlamaChat({ contextSequence: sequence, chatWrapper: wrapper })
  const batch = createPartBatch(send, batchInterval)
  const add = (part: ResponsePart): void => batch.add(part)
  const writer = createWriter(add, form)
  try {
    const { metadata } = await chat.generateResponse(history, {
      ...samplingOf(job.parameters, job.sampling),
      ...(form === undefined ? calls(add, functions, job.tools) : { grammar: form.grammar }),
      onResponseChunk: writer.write,
      maxTokens: room.output,
      signal,
      contextShift: { size: 1, strategy: refuseToShift },
    })
    const used = sequence.tokenMeter.diff(meter)
    writer.end()
    batch.add({ type: 'usage', usage: usageOf(room.prompt, used, writer.reasoningTokens()) })
    batch.add({ type: 'finish', reason: finishReasons[metadata.stopReason] })
  } finally {
    batch.flush()
    chat.dispose()
  }
}

/** Chunks as parts; those of a thought are counted. */
function createWriter(add: (part: ResponsePart) => void, form: AnswerForm | undefined) {
  let reasoning = 0
  return {
    write: ({ type, text, tokens }: LlamaChatResponseChunk): void => {
      if (type === 'segment') reasoning += tokens.length
      if (text === '') return
      if (type === 'segment') add({ type: 'reasoning', text })
      else if (form === undefined) add({ type: 'text', text })
      else form.text(text, add)
    },
    end: () => form?.end(add),
    reasoningTokens: () => reasoning,
  }
}

function notAChatModel(file: string, kind: ModelKind): ModelError {
  const message = `${file} holds a model for ${kind === 'embedding' ? 'embeddings' : 'reranking'}, which cannot chat: choose another model.`
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
  return isRecord(params) ? { ...params } : {}
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
