import type { Connection } from '../core/provider.js'

/** What the setting `roundhouse.connections` holds where nothing is written: the model that comes with the extension. */
export const writtenDefault = [
  {
    id: 'llamacpp',
    name: 'On this machine',
    provider: 'llamacpp',
    // oxlint-disable-next-line no-template-curly-in-string -- resolved by the engine
    files: ['${builtin}/welcome.gguf'],
  },
] as const

/** The same as connections, so that a start without a written setting needs no schema. */
export const defaultConnections: readonly Connection[] = writtenDefault.map(
  ({ id, name, provider, files }) => ({
    id,
    name,
    provider,
    enabled: true,
    fields: { files },
    include: [],
    exclude: [],
    models: {},
  }),
)
