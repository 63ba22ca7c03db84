import { type NamedFile, nameModelFiles } from '../../core/modelParts.js'
import type { ProviderContext } from '../../core/provider.js'
import { listField, numberField } from '../shared/fields.js'

/** Undefined for a model whose file the connection does not have any more. */
export function fileOf(modelId: string, context: Pick<ProviderContext, 'connection'>): string | undefined {
  return namedFiles(context).find((entry) => entry.id === modelId)?.file
}

export function namedFiles(context: Pick<ProviderContext, 'connection'>): readonly NamedFile[] {
  return nameModelFiles(listField(context, 'files'))
}

/** Tokens that the user wants a model to remember. */
export function contextSizeOf(context: ProviderContext): number | undefined {
  return numberField(context, 'contextSize')
}
