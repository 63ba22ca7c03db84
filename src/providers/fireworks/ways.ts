import { compact } from '../../core/compact.js'
import type { ListedModel } from '../../core/model.js'
import { openModelWire, type RowWays } from '../shared/chatWire/wire.js'
import { booleanAt } from '../shared/json.js'

function refineModel(model: ListedModel, entry: unknown): ListedModel | undefined {
  const embeds = model.capabilities?.embedding === true
  if (booleanAt(entry, 'supports_chat') === false && !embeds) return undefined
  const told = compact({ imageInput: booleanAt(entry, 'supports_image_input') })
  const capabilities = { ...model.capabilities, ...told }
  return Object.keys(capabilities).length === 0 ? model : { ...model, capabilities }
}

export const ways: RowWays = {
  wire: openModelWire,
  // Its way of saying that the account is suspended.
  errorRules: [{ status: [412], code: 'forbidden' }],
  refineModel,
}
