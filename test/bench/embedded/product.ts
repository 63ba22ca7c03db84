// The product's engine as the extension uses it: llama.cpp in a child of its own.
import { env } from 'node:process'
import { createClock } from '../../../src/platform/clock.js'
import { createEmbeddedEngine } from '../../../src/platform/llama/engine.js'
import { createMemoryLog } from '../../fakes/memoryStores.js'
import { serveTurns } from './turns.js'

serveTurns(async ({ file, prompt, threads, maxTokens }) => {
  const engine = createEmbeddedEngine({
    program: { path: env['ROUNDHOUSE_BENCH_CHILD'] ?? '' },
    allowed: () => true,
    clock: createClock(),
    log: createMemoryLog(),
    environment: env,
  })
  const request = {
    file,
    threads,
    messages: [{ role: 'user', content: [{ type: 'text', text: prompt }] }],
    parameters: { maxOutputTokens: maxTokens, temperature: 0 },
  } as const
  return async () => {
    let text = ''
    let tokens = 0
    for await (const part of engine.chat(request, new AbortController().signal)) {
      if (part.type === 'text') text += part.text
      else if (part.type === 'usage') tokens = part.usage.outputTokens
    }
    if (text === '') throw new Error('The answer had no text.')
    return tokens
  }
})
