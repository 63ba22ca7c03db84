import { answersText, type ChatRequest, type ContentPart } from '../chat.js'
import { abilityMask } from './features.js'
import { operationFor, type Requirements } from './requirements.js'

/** What a request itself needs of a model. */
export interface RequestNeeds {
  /** Bits of abilities; a model that is known to lack one is left out, one that nobody knows of is ranked lower. */
  readonly abilities: number
  /** Tokens, estimated. */
  readonly inputTokens: number
  /** Tokens of answer that the request asks room for; 0 where it says nothing. */
  readonly outputTokens: number
  /** Tokens of answer to reckon the cost with. */
  readonly expectedOutputTokens: number
}

/** Of a request that says nothing of its length. Tokens. */
const usualOutputTokens = 1_000

const imageBit = abilityMask(['imageInput'])
const toolBit = abilityMask(['toolCalling'])
const schemaBit = abilityMask(['structuredOutput'])

/** By the beginning of the media type. */
const mediaBits: readonly { readonly type: string; readonly bit: number }[] = [
  { type: 'image/', bit: imageBit },
  { type: 'audio/', bit: abilityMask(['audioInput']) },
  { type: 'video/', bit: abilityMask(['videoInput']) },
  { type: 'application/pdf', bit: abilityMask(['pdfInput']) },
]

function partBits(part: ContentPart): number {
  if (part.type === 'data') return mediaBits.find(({ type }) => part.mimeType.startsWith(type))?.bit ?? 0
  if (part.type !== 'toolResult') return 0
  return part.content.reduce((bits, inner) => bits | partBits(inner), toolBit)
}

export function readNeeds(request: ChatRequest, inputTokens: number): RequestNeeds {
  let abilities = request.tools?.length ? toolBit : 0
  for (const message of request.messages) for (const part of message.content) abilities |= partBits(part)
  if (request.parameters?.responseFormat?.type === 'jsonSchema') abilities |= schemaBit
  const outputTokens = request.parameters?.maxOutputTokens ?? 0
  const expectedOutputTokens = answersText(request) ? usualOutputTokens : 0
  return {
    abilities,
    inputTokens,
    outputTokens,
    expectedOutputTokens: outputTokens > 0 ? outputTokens : expectedOutputTokens,
  }
}

/** Tokens that a model must take at once. Of texts to embed or to rank each has the context to itself. */
export function tokensAtOnce(
  requirements: Requirements,
  { inputTokens }: Pick<RequestNeeds, 'inputTokens'>,
): number {
  const { minContextTokens = 0 } = requirements
  return operationFor(requirements) === 'chat' ? Math.max(minContextTokens, inputTokens) : minContextTokens
}

/** A request that needs nothing but to be answered, for looking at models without one. */
export const noNeeds: RequestNeeds = {
  abilities: 0,
  inputTokens: 0,
  outputTokens: 0,
  expectedOutputTokens: usualOutputTokens,
}
