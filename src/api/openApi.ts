import type { RoundhouseApi } from '../api.js'
import { ModelError } from '../core/errors.js'
import { type ApiOptions, createApi } from './createApi.js'

export interface Visitor {
  readonly version: unknown
  /** What the extension says that its id is. VS Code does not tell who calls, so nothing more is known. */
  readonly extension: unknown
}

/** Throws ModelError `invalid-request` where there is no such version, or no such extension. */
export function openApi(
  { version, extension }: Visitor,
  isInstalled: (id: string) => boolean,
  describe: (extension: string) => ApiOptions,
): RoundhouseApi {
  if (version !== 1) {
    throw new ModelError({
      code: 'invalid-request',
      message: `This Roundhouse has version 1 of its API, and version ${String(version)} was asked for. Ask for version 1, or update Roundhouse.`,
    })
  }
  if (typeof extension !== 'string' || !isInstalled(extension)) {
    throw new ModelError({
      code: 'invalid-request',
      message: `“${String(extension)}” is no extension that runs here. Pass your own id, context.extension.id.`,
    })
  }
  return createApi(describe(extension))
}
