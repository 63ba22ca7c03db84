import { stat } from 'node:fs/promises'
import type { GgufInsights, Llama } from 'node-llama-cpp'
import { readTemplate } from '../../core/catalog/promptTemplate.js'
import type { Capabilities, ModelFacts } from '../../core/model.js'
import { tellsThoughts } from './chatFormat.js'
import { defaultOutputTokens, largestContext } from './contextSize.js'
import type { LlamaModule } from './llamaModule.js'

/** GGUF's numbers for what most of a file's tensors are quantised to. */
const quantizations: readonly (string | undefined)[] = (
  'F32 F16 Q4_0 Q4_1 - - - Q8_0 Q5_0 Q5_1 Q2_K Q3_K_S Q3_K_M Q3_K_L Q4_K_S Q4_K_M Q5_K_S Q5_K_M Q6_K IQ2_XXS IQ2_XS ' +
  'Q2_K_S IQ3_XS IQ3_XXS IQ1_S IQ4_NL IQ3_S IQ3_M IQ2_S IQ2_M IQ4_XS IQ1_M BF16 - - - TQ1_0 TQ2_0 MXFP4_MOE NVFP4 Q1_0 Q2_0'
)
  .split(' ')
  .map((name) => (name === '-' ? undefined : name))

/** GGUF's number for "every token keeps its own vector". */
const noPooling: number = 0

/** Reads the facts that a GGUF file states about its model; the weights stay on disk. */
export async function inspectFile(
  module: LlamaModule,
  llama: Llama,
  file: string,
  memoryBytes: number,
): Promise<ModelFacts> {
  const info = await module.readGgufFileInfo(file, { sourceType: 'filesystem', logWarnings: false })
  const insights = await module.GgufInsights.from(info, llama)
  const { general, tokenizer } = info.metadata
  const kind = modelKind(insights)
  const generates = kind === 'chat'
  const contextWindow = largestContext(insights, memoryBytes)
  const template = generates ? readTemplate(tokenizer?.chat_template) : undefined
  const quantization = quantizations[general.file_type ?? -1]
  return {
    ...(isText(general.name) ? { name: general.name } : {}),
    family: general.basename ?? general.architecture,
    contextWindow,
    ...(generates ? { maxOutputTokens: Math.min(defaultOutputTokens, Math.floor(contextWindow / 4)) } : {}),
    capabilities: capabilitiesOf(kind, tokenizer?.chat_template),
    // A model in several files is the sum of their tensors.
    sizeBytes: info.splicedParts > 1 ? insights.modelSize : (await stat(file)).size,
    ...(quantization === undefined ? {} : { quantization }),
    ...(template?.name === undefined ? {} : { promptTemplate: template.name }),
    parameterSize: general.size_label ?? formatParameters(insights.totalParameters),
  }
}

function capabilitiesOf(kind: ModelKind, template: unknown): Capabilities {
  const generates = kind === 'chat'
  return {
    toolCalling: generates && isText(template),
    imageInput: false,
    structuredOutput: generates,
    embedding: kind === 'embedding',
    ...(kind === 'reranking' ? { reranking: true } : {}),
    ...(generates && tellsThoughts(template) ? { reasoning: true } : {}),
    ...(generates && readTemplate(template)?.systemRole === false ? { systemRole: false } : {}),
  }
}

export type ModelKind = 'chat' | 'embedding' | 'reranking'

/** Text encoders and rerankers pool their output instead of continuing the text. */
export function modelKind(insights: GgufInsights): ModelKind {
  if (insights.supportsRanking) return 'reranking'
  const { attention, pooling_type: pooling } = insights.ggufFileInfo.architectureMetadata
  const pools = attention?.causal === false || (pooling ?? noPooling) > noPooling
  return insights.hasDecoder && !pools ? 'chat' : 'embedding'
}

function formatParameters(count: number): string {
  const units = [
    [1e9, 'B'],
    [1e6, 'M'],
    [1e3, 'K'],
  ] as const
  const unit = units.find(([size]) => count >= size)
  return unit === undefined ? String(count) : `${Number((count / unit[0]).toPrecision(2))}${unit[1]}`
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.trim() !== ''
}
