import { runsInCloud } from '../catalog/family.js'
import { ModelError } from '../errors.js'
import type { ModelInfo, ModelRef } from '../model.js'
import type { Connection, Provider } from '../provider.js'
import { locationOfConnection, type Place } from '../registry/location.js'
import type { Registry } from '../registry/registry.js'
import type { Requirements } from './requirements.js'

type Models = Pick<Registry, 'find' | 'view'>

/** What holds for every request, as requirements. */
export function createLocalPolicy({
  isLocalOnly,
}: {
  readonly isLocalOnly: () => boolean
}): () => Requirements {
  const onlyLocal: Requirements = { privacy: 'local' }
  const anywhere: Requirements = {}
  return () => (isLocalOnly() ? onlyLocal : anywhere)
}

/** Where a model runs; of one that is not listed yet, where its connection's do. Undefined without a connection. */
export function locationOf(registry: Models, model: ModelRef): ModelInfo['location'] | undefined {
  const known = registry.find(model)
  if (known !== undefined) return known.location
  if (runsInCloud(model.id)) return 'cloud'
  const view = registry.view(model.connection)
  return view && locationOfConnection(view.connection, view.provider)
}

export interface Asked {
  readonly connection: Connection
  readonly provider: Place & Pick<Provider, 'id'>
  /** Absent for what is asked of the connection itself, such as its list. */
  readonly model?: Pick<ModelInfo, 'id' | 'name' | 'location'> | undefined
}

/** Throws ModelError `forbidden` for what would leave for a cloud. Call it only while `roundhouse.localOnly` is on. */
export function refuseCloud({ connection, provider, model }: Asked): void {
  const location = model?.location ?? locationOfConnection(connection, provider)
  if (location === 'local') return
  throw new ModelError({
    code: 'forbidden',
    message: `${model?.name ?? connection.name} runs in a cloud and is held back: roundhouse.localOnly is on. Choose a local model or “auto/local”, or turn the setting off.`,
    provider: provider.id,
    ...(model === undefined ? {} : { model: { connection: connection.id, id: model.id } }),
  })
}
