import type {
  ChatModelFunctions,
  LLamaChatGenerateResponseOptions,
  LLamaContextualRepeatPenalty,
} from 'node-llama-cpp'
import type { ChatParameters } from '../../core/chat.js'
import type { EngineSampling } from '../../core/ports.js'

/** llama.cpp's own, for what a request leaves open. */
const samplingDefaults = { temperature: 0.8, topK: 40, topP: 0.95, minP: 0.05 } as const

/** A penalty counts the whole answer, as OpenAI's does; llama.cpp itself would look at 64 tokens. */
const penalizedTokens = 1_000_000
/** A repeat penalty alone looks as far back as llama.cpp and Ollama do. */
const repeatedTokens = 64

type Options = LLamaChatGenerateResponseOptions<ChatModelFunctions>
type Sampling = Pick<
  Options,
  'temperature' | 'topP' | 'topK' | 'minP' | 'seed' | 'customStopTriggers' | 'repeatPenalty'
>

/** How tokens are chosen, and what ends the answer. */
export function samplingOf(parameters: ChatParameters = {}, further: EngineSampling = {}): Sampling {
  const { temperature, topP, topK, seed, stop } = parameters
  return {
    temperature: temperature ?? samplingDefaults.temperature,
    topP: topP ?? samplingDefaults.topP,
    topK: topK ?? samplingDefaults.topK,
    minP: further.minP ?? samplingDefaults.minP,
    repeatPenalty: penaltyOf(parameters, further),
    ...(seed === undefined ? {} : { seed }),
    ...(stop === undefined ? {} : { customStopTriggers: stop }),
  }
}

function penaltyOf(
  { frequencyPenalty = 0, presencePenalty = 0, repeatPenalty = 1 }: ChatParameters,
  { repeatLastTokens }: EngineSampling,
): false | LLamaContextualRepeatPenalty {
  const countsAll = frequencyPenalty !== 0 || presencePenalty !== 0
  if (!countsAll && repeatPenalty === 1) return false
  const lastTokens = repeatLastTokens ?? (countsAll ? penalizedTokens : repeatedTokens)
  return { penalty: repeatPenalty, frequencyPenalty, presencePenalty, lastTokens }
}
