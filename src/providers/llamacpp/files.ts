import type { ProviderContext } from '../../core/provider.js'
import { listField } from '../shared/fields.js'

export interface NamedFile {
  readonly id: string
  readonly file: string
}

/** Undefined for a model whose file the connection does not have any more. */
export function fileOf(modelId: string, context: Pick<ProviderContext, 'connection'>): string | undefined {
  return namedFiles(context).find((entry) => entry.id === modelId)?.file
}

/** A model's id is its file's name; the same name in another folder gets a number. */
export function namedFiles(context: Pick<ProviderContext, 'connection'>): readonly NamedFile[] {
  const taken = new Set<string>()
  return listField(context, 'files').map((file) => {
    const base = baseName(file)
    let modelId = base
    for (let count = 2; taken.has(modelId); count++) modelId = `${base}-${count}`
    taken.add(modelId)
    return { id: modelId, file }
  })
}

function baseName(file: string): string {
  const name = file.split(/[/\\]/).at(-1) ?? file
  // Of a model in several files, the first one stands for all.
  return name.replace(/\.gguf$/i, '').replace(/-00001-of-\d{5}$/, '')
}
