import type { ProviderTable } from '../core/provider.js'
import { anthropic } from './anthropic.js'
import { google } from './google.js'
import { groq } from './groq.js'
import { huggingface } from './huggingface.js'
import { llamacpp } from './llamacpp.js'
import { llamaServer } from './llamaServer.js'
import { ollama } from './ollama.js'
import { openai } from './openai.js'
import { anyOpenaiCompatible } from './openaiCompatible.js'
import { together } from './together.js'
import { vllm } from './vllm.js'

export {
  anthropic,
  anyOpenaiCompatible,
  google,
  groq,
  huggingface,
  llamacpp,
  llamaServer,
  ollama,
  openai,
  together,
  vllm,
}

/** Every provider, in the order in which pick lists show them. */
export const providers: ProviderTable = [
  llamacpp,
  ollama,
  llamaServer,
  vllm,
  openai,
  anthropic,
  google,
  groq,
  together,
  huggingface,
  anyOpenaiCompatible,
]
