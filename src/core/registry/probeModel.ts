import { canChat, type ModelInfo } from '../model.js'

/** Names of models that answer no chat, where nothing else says so. */
const otherKinds =
  /embed|rerank|moderation|guard|whisper|tts|speech|transcri|audio|realtime|image|imagen|dall-e|veo|sora|ocr/i

/** Words by which makers name their small models. */
const smallNames = /nano|mini|lite|flash|small|haiku|tiny|instant|(?<![\d.])[0-9]b\b/i

function chats(model: ModelInfo): boolean {
  const { id, lifecycle, outputModalities } = model
  if (!canChat(model) || lifecycle?.status === 'retired') return false
  return (outputModalities?.includes('text') ?? true) && !otherKinds.test(id)
}

/** USD per million tokens in and out together; what nobody states counts as dear. */
function priceOf({ pricing }: ModelInfo): number {
  return (pricing.input ?? Number.POSITIVE_INFINITY) + (pricing.output ?? Number.POSITIVE_INFINITY)
}

/** What a try of each model takes, the most telling first. */
const measures: readonly ((model: ModelInfo) => number)[] = [
  ({ location }) => (location === 'local' ? 0 : 1),
  (model) => (model.location === 'local' ? 0 : priceOf(model)),
  ({ sizeBytes }) => sizeBytes ?? Number.POSITIVE_INFINITY,
  ({ lifecycle }) => (lifecycle?.status === 'deprecated' ? 1 : 0),
  ({ id }) => (smallNames.test(id) ? 0 : 1),
]

function compare(a: ModelInfo, b: ModelInfo): number {
  for (const measure of measures) {
    const [left, right] = [measure(a), measure(b)]
    if (left !== right) return left < right ? -1 : 1
  }
  return 0
}

/** The chat model that is cheapest to ask, or smallest to load; undefined where none chats. */
export function chooseProbeModel(models: readonly ModelInfo[]): ModelInfo | undefined {
  return models.filter(chats).toSorted(compare)[0]
}
