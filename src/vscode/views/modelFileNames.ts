import { nameModelFiles } from '../../core/modelParts.js'
import type { Connection } from '../../core/provider.js'

/** The field of the embedded provider that names its files. */
export const filesField = 'files'

export function filesOf(connection: Connection): readonly string[] {
  const files = connection.fields[filesField]
  return Array.isArray(files) ? files : []
}

/** The last part of a path, of either kind. */
export function fileName(path: string): string {
  return path.split(/[/\\]/).at(-1) ?? path
}

export function fileOfModel(files: readonly string[], modelId: string): string | undefined {
  return nameModelFiles(files).find(({ id }) => id === modelId)?.file
}
