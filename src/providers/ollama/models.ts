import { runsInCloud } from '../../core/catalog/family.js'
import { readTemplate } from '../../core/catalog/promptTemplate.js'
import { compact } from '../../core/compact.js'
import { isRecord } from '../../core/json.js'
import type { Capabilities, ListedModel } from '../../core/model.js'
import { arrayAt, numberAt, recordAt, textAt } from '../shared/json.js'

/** One entry of `/api/tags`. */
export interface Tag {
  readonly id: string
  readonly digest: string | undefined
  readonly entry: unknown
}

export function readTags(body: unknown): Tag[] {
  return arrayAt(body, 'models').flatMap((entry): Tag[] => {
    const id = textAt(entry, 'model') ?? textAt(entry, 'name')
    return id === undefined ? [] : [{ id, digest: textAt(entry, 'digest'), entry }]
  })
}

/** A stub: its conversations go to the server that it names. */
function isStub(source: unknown): boolean {
  return textAt(source, 'remote_host') !== undefined || textAt(source, 'remote_model') !== undefined
}

/** Older servers say in `/api/tags` neither what a model can do nor how much it reads. */
export function needsShow({ id, entry }: Tag): boolean {
  // To be shown, it would be asked for at the cloud that it stands for.
  if (isStub(entry) || runsInCloud(id)) return false
  return !hasCapabilities(entry) || numberAt(recordAt(entry, 'details'), 'context_length') === undefined
}

function hasCapabilities(value: unknown): boolean {
  return isRecord(value) && Array.isArray(value.capabilities)
}

function capabilities(...sources: readonly unknown[]): Capabilities | undefined {
  const source = sources.find(hasCapabilities)
  if (source === undefined) return undefined
  const names = new Set(arrayAt(source, 'capabilities'))
  return {
    toolCalling: names.has('tools'),
    imageInput: names.has('vision'),
    reasoning: names.has('thinking'),
    embedding: names.has('embedding') && !names.has('completion'),
  }
}

/** How much the model was trained to read; its keys are prefixed with the architecture's name. */
export function trainedContext(entry: unknown, shown: unknown): number | undefined {
  const info = recordAt(shown, 'model_info')
  const architecture = textAt(info, 'general.architecture')
  const key = Object.keys(info).find((name) => name.endsWith('.context_length'))
  const own = architecture === undefined ? undefined : numberAt(info, `${architecture}.context_length`)
  const listed = numberAt(recordAt(entry, 'details'), 'context_length')
  return own ?? (key === undefined ? undefined : numberAt(info, key)) ?? listed
}

/** `num_ctx` of the model's own Modelfile; `parameters` is text, one name and value per line. */
function modelfileContext(shown: unknown): number | undefined {
  const line = /^num_ctx\s+(\d+)\s*$/m.exec(textAt(shown, 'parameters') ?? '')
  return line?.[1] === undefined ? undefined : Number(line[1])
}

function smallest(...values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined && value > 0)
  return known.length === 0 ? undefined : Math.min(...known.map(Number))
}

/** The context that a model is loaded with now, by an answer of `/api/ps`; undefined where it is not loaded. */
export function loadedContext(body: unknown, modelId: string): number | undefined {
  const isSame = (name: string | undefined): boolean => name === modelId || name === `${modelId}:latest`
  const entry = arrayAt(body, 'models').find(
    (loaded) => isSame(textAt(loaded, 'model')) || isSame(textAt(loaded, 'name')),
  )
  return numberAt(entry, 'context_length')
}

/** `contextSize` is the connection's own `num_ctx`, which every request then asks for. */
export function toListedModel(tag: Tag, shown: unknown, contextSize: number | undefined): ListedModel {
  const { id, entry } = tag
  const details = { ...recordAt(entry, 'details'), ...recordAt(shown, 'details') }
  const colon = id.lastIndexOf(':')
  const loaded = contextSize ?? modelfileContext(shown)
  const template = readTemplate(textAt(shown, 'template'))
  const isPassedOn = isStub(entry) || isStub(shown) || runsInCloud(id)
  const known = compact({ ...capabilities(shown, entry), systemRole: template?.systemRole })
  return {
    id,
    ...compact({
      name: id.endsWith(':latest') ? id.slice(0, colon) : id,
      version: colon > 0 ? id.slice(colon + 1) : undefined,
      family: textAt(details, 'family'),
      contextWindow: smallest(trainedContext(entry, shown), loaded),
      capabilities: Object.keys(known).length === 0 ? undefined : known,
      // Of a stub it is the stub's own.
      sizeBytes: isPassedOn ? undefined : numberAt(entry, 'size'),
      isPassedOn: isPassedOn || undefined,
      quantization: textAt(details, 'quantization_level'),
      parameterSize: textAt(details, 'parameter_size'),
      promptTemplate: template?.name,
    }),
  }
}
