// node-llama-cpp used directly, in this process, with the sampling that the product asks for.
import { getLlama, LlamaChatSession } from 'node-llama-cpp'
import { serveTurns } from './turns.js'

serveTurns(async ({ file, prompt, threads, maxTokens }) => {
  const llama = await getLlama({ gpu: false, build: 'never', skipDownload: true })
  const model = await llama.loadModel({ modelPath: file })
  const context = await model.createContext({ contextSize: 4096, threads })
  const contextSequence = context.getSequence()
  const session = new LlamaChatSession({ contextSequence })
  return async () => {
    session.resetChatHistory()
    const before = contextSequence.tokenMeter.getState()
    let text = ''
    await session.prompt(prompt, {
      maxTokens,
      temperature: 0,
      repeatPenalty: false,
      onTextChunk: (chunk) => void (text += chunk),
    })
    if (text === '') throw new Error('The answer had no text.')
    return contextSequence.tokenMeter.diff(before).usedOutputTokens
  }
})
