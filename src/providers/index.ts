import type { ProviderTable } from '../core/provider.js'
import { anthropic } from './anthropic.js'
import { azureOpenai } from './azureOpenai.js'
import { cerebras } from './cerebras.js'
import { cohere } from './cohere.js'
import { deepseek } from './deepseek.js'
import { fireworks } from './fireworks.js'
import { google } from './google.js'
import { groq } from './groq.js'
import { huggingface } from './huggingface.js'
import { litellm } from './litellm.js'
import { llamacpp } from './llamacpp.js'
import { llamaServer } from './llamaServer.js'
import { lmStudio } from './lmStudio.js'
import { mistral } from './mistral.js'
import { ollama } from './ollama.js'
import { openai } from './openai.js'
import { anyOpenaiCompatible } from './openaiCompatible.js'
import { openrouter } from './openrouter.js'
import { together } from './together.js'
import { vllm } from './vllm.js'
import { xai } from './xai.js'

export {
  anthropic,
  anyOpenaiCompatible,
  azureOpenai,
  cerebras,
  cohere,
  deepseek,
  fireworks,
  google,
  groq,
  huggingface,
  litellm,
  llamacpp,
  llamaServer,
  lmStudio,
  mistral,
  ollama,
  openai,
  openrouter,
  together,
  vllm,
  xai,
}

/** Every provider, in the order in which pick lists show them. */
export const providers: ProviderTable = [
  llamacpp,
  ollama,
  lmStudio,
  llamaServer,
  vllm,
  openai,
  anthropic,
  google,
  mistral,
  cohere,
  deepseek,
  xai,
  openrouter,
  groq,
  cerebras,
  together,
  fireworks,
  huggingface,
  azureOpenai,
  litellm,
  anyOpenaiCompatible,
]
