import { compact } from '../../core/compact.js'
import type { Capabilities, ListedModel } from '../../core/model.js'
import { arrayAt, booleanAt, numberAt, recordAt, textAt } from '../shared/json.js'
import type { ModelPage } from '../shared/pages.js'

/** Models that answer `generateContent` and are no partners for a chat. */
const otherIds = /-tts\b|\blyria|\bimagen|\bveo|native-audio|computer-use|deep-research|transcribe|\baqa\b/

/** One answer of `GET /models`; undefined where it is none. */
export function readPage(body: unknown): ModelPage | undefined {
  if (!Array.isArray(recordAt({ body }, 'body')['models'])) return undefined
  const entries = arrayAt(body, 'models')
  return {
    models: entries.flatMap((entry) => readModel(entry) ?? []),
    next: entries.length === 0 ? undefined : textAt(body, 'nextPageToken'),
  }
}

function readModel(entry: unknown): ListedModel | undefined {
  const id = textAt(entry, 'name')?.replace(/^models\//, '')
  if (id === undefined || otherIds.test(id)) return undefined
  const methods = arrayAt(entry, 'supportedGenerationMethods')
  const chats = methods.includes('generateContent')
  const embeds = methods.some((method) => /embed/i.test(String(method)))
  if (!chats && !embeds) return undefined
  return {
    id,
    capabilities: chats ? chatCapabilities(id, entry) : { embedding: true },
    ...compact({
      name: textAt(entry, 'displayName'),
      version: textAt(entry, 'version'),
      maxInputTokens: numberAt(entry, 'inputTokenLimit'),
      maxOutputTokens: chats ? numberAt(entry, 'outputTokenLimit') : undefined,
    }),
  }
}

/** The list says whether a model thinks; the rest is what Google says of its families. */
function chatCapabilities(id: string, entry: unknown): Capabilities {
  const reasoning = booleanAt(entry, 'thinking') ?? false
  if (/^gemma-[23]/.test(id)) return { reasoning, toolCalling: false, systemRole: false }
  if (!id.startsWith('gemini-')) return { reasoning }
  // Models that draw take pictures, but neither tools nor a schema.
  if (/-image\b/.test(id)) return { reasoning, imageInput: true, toolCalling: false, structuredOutput: false }
  return { reasoning, imageInput: true, toolCalling: true, structuredOutput: true }
}
