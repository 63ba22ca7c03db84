import { isBuiltinFile } from '../../core/builtinFiles.js'
import type { ListedModel, ModelFacts } from '../../core/model.js'
import type { NamedFile } from '../../core/modelParts.js'
import type { ProviderContext } from '../../core/provider.js'
import { contextSizeOf, namedFiles } from './files.js'
import { named } from './named.js'

/** A broken file hides none of the others; it is named in the log. Throws only where no file can be used. */
export async function listModels(context: ProviderContext): Promise<readonly ListedModel[]> {
  const { engine, log, signal } = context
  const files = namedFiles(context)
  const inspected = await Promise.allSettled(files.map(({ file }) => engine.inspect(file, signal)))
  signal.throwIfAborted()
  const models: ListedModel[] = []
  const failures: unknown[] = []
  for (const [index, file] of files.entries()) {
    const result = inspected[index]
    if (result?.status === 'fulfilled') models.push(toListed(file, result.value, contextSizeOf(context)))
    else failures.push(result?.reason)
  }
  if (models.length === 0 && failures.length > 0) throw named(failures[0])
  for (const failure of failures) {
    log.warn(`Left out of the list: ${failure instanceof Error ? failure.message : String(failure)}`)
  }
  return withDistinctNames(models)
}

/** What came with the extension greets newcomers, and knows nothing else to say. */
function toListed(
  { id: modelId, file }: NamedFile,
  stated: ModelFacts,
  contextSize: number | undefined,
): ListedModel {
  const facts = isBuiltinFile(file) ? { ...stated, byNameOnly: true } : stated
  if (contextSize === undefined) return { ...facts, id: modelId }
  const { maxOutputTokens } = facts
  return {
    ...facts,
    id: modelId,
    contextWindow: contextSize,
    ...(maxOutputTokens === undefined
      ? {}
      : { maxOutputTokens: Math.min(maxOutputTokens, Math.floor(contextSize / 4)) }),
  }
}

/** Files of one model in several quantisations state the same name. */
function withDistinctNames(models: readonly ListedModel[]): readonly ListedModel[] {
  const shared = (name: string): boolean => models.filter((model) => model.name === name).length > 1
  return models.map((model) =>
    model.name !== undefined && shared(model.name)
      ? { ...model, name: `${model.name} (${model.id})` }
      : model,
  )
}
