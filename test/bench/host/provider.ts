// The product's language model provider called directly, without VS Code's way there and back.
import { CancellationTokenSource } from 'vscode'
import type { ModelInformation } from '../../../src/vscode/modelInformation.js'
import { copyTexts, makeTexts } from './texts.js'
import { createProviderWithModels, type ProviderUnderTest } from './thousandModels.js'

export interface ProviderFigures {
  /** Milliseconds. */
  readonly informationFirstMs: number
  readonly informationLaterMs: number
  readonly countsFirstMs: number
  readonly countsRepeatedMs: number
  readonly countsAnewMs: number
}

const modelCount = 1_000
const textCount = 10_000
const textLength = 200
const laterCalls = 50

async function time(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  await work()
  return performance.now() - start
}

async function askInformation(provider: ProviderUnderTest): Promise<readonly ModelInformation[]> {
  const { token } = new CancellationTokenSource()
  const information = (await provider.provideLanguageModelChatInformation({ silent: true }, token)) ?? []
  if (information.length !== modelCount)
    throw new Error(`${information.length} models were told, not ${modelCount}.`)
  return information
}

async function countAll(
  provider: ProviderUnderTest,
  model: ModelInformation,
  texts: readonly string[],
): Promise<void> {
  const { token } = new CancellationTokenSource()
  for (const text of texts) await provider.provideTokenCount(model, text, token)
}

export async function measureProvider(): Promise<ProviderFigures> {
  const create = await createProviderWithModels(modelCount)
  const start = performance.now()
  const provider = create()
  const [model] = await askInformation(provider)
  const informationFirstMs = performance.now() - start
  if (model === undefined) throw new Error('There is no model to count for.')
  const later = await time(async () => {
    for (let call = 0; call < laterCalls; call++) await askInformation(provider)
  })
  const texts = makeTexts(textCount, textLength)
  const countsFirstMs = await time(() => countAll(provider, model, texts))
  const countsRepeatedMs = await time(() => countAll(provider, model, texts))
  const copies = copyTexts(texts)
  const countsAnewMs = await time(() => countAll(provider, model, copies))
  provider.dispose()
  return {
    informationFirstMs,
    informationLaterMs: later / laterCalls,
    countsFirstMs,
    countsRepeatedMs,
    countsAnewMs,
  }
}
