// Ways to ask the same server the same thing, as short as each one's users write it.
import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import { generateText } from 'ai'

/** Asks once, reads the whole answer, and gives its text. */
export type Ask = (prompt: string) => Promise<string>

const answerText = 'All work and no play makes a dull boy.'

export function check(text: string): void {
  if (!text.includes(answerText)) throw new Error(`The answer was "${text}".`)
}

function createPlainFetch(origin: string, stream: boolean): Ask {
  const headers = { 'content-type': 'application/json', authorization: 'Bearer bench' }
  const options = stream ? { stream, stream_options: { include_usage: true } } : {}
  return async (content) => {
    const messages = [{ role: 'user', content }]
    const body = JSON.stringify({ model: 'bench', messages, temperature: 0, ...options })
    const response = await fetch(`${origin}/v1/chat/completions`, { method: 'POST', headers, body })
    return await response.text()
  }
}

const dataLine = 'data: {'

/** Plain fetch of the stream, read whole, and its text taken out of the events. */
export const createStreamFetch = (origin: string): Ask => {
  const ask = createPlainFetch(origin, true)
  return async (prompt) => {
    const stream = await ask(prompt)
    let text = ''
    for (const line of stream.split('\n'))
      if (line.startsWith(dataLine)) text += JSON.parse(line.slice(6)).choices[0]?.delta.content ?? ''
    return text
  }
}

export const createDocumentFetch = (origin: string): Ask => {
  const ask = createPlainFetch(origin, false)
  return async (prompt) => JSON.parse(await ask(prompt)).choices[0].message.content
}

/** The Vercel AI SDK, without retries. */
export function createGenerateText(origin: string): Ask {
  const provider = createOpenAICompatible({ name: 'bench', baseURL: `${origin}/v1`, apiKey: 'bench' })
  const model = provider('bench')
  return async (prompt) => (await generateText({ model, prompt, temperature: 0, maxRetries: 0 })).text
}
