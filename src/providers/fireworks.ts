import type { ListedModel } from '../core/model.js'
import { openaiCompatible } from './openaiCompatible.js'
import { openModelWire, usualEmbeddings } from './shared/chatWire/wire.js'
import { apiKey, extraBodyField, headersField, timeoutField } from './shared/fields.js'
import { booleanAt, compact } from './shared/json.js'

function refineModel(model: ListedModel, entry: unknown): ListedModel | undefined {
  const embeds = model.capabilities?.embedding === true
  if (booleanAt(entry, 'supports_chat') === false && !embeds) return undefined
  const told = compact({ imageInput: booleanAt(entry, 'supports_image_input') })
  const capabilities = { ...model.capabilities, ...told }
  return Object.keys(capabilities).length === 0 ? model : { ...model, capabilities }
}

export const fireworks = openaiCompatible({
  id: 'fireworks',
  name: 'Fireworks AI',
  description: 'Open models, also your own deployments of them',
  dataRetention: {
    note: 'Nothing of requests to open models is stored unless the account opts in.',
    url: 'https://docs.fireworks.ai/guides/security_compliance/data_handling',
  },
  baseUrl: 'https://api.fireworks.ai/inference/v1',
  key: apiKey('https://app.fireworks.ai/settings/users/api-keys', 'FIREWORKS_API_KEY'),
  fields: [headersField, extraBodyField, timeoutField],
  wire: openModelWire,
  embeddings: usualEmbeddings,
  // Its way of saying that the account is suspended.
  errorRules: [{ status: [412], code: 'forbidden' }],
  refineModel,
})
