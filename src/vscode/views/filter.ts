import { formatModelRef, type ModelInfo } from '../../core/model.js'
import type { ConnectionView } from '../../core/registry/registry.js'
import { listCapabilities } from './format.js'

function words(text: string): readonly string[] {
  return text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '')
}

function searchText(model: ModelInfo, view: ConnectionView): string {
  const capabilities = listCapabilities(model.capabilities).join(' ')
  return [
    model.name,
    formatModelRef(model),
    view.connection.name,
    view.provider.name,
    model.location,
    capabilities,
  ]
    .join(' ')
    .toLowerCase()
}

/** The models whose name, id, connection or abilities contain every word. */
export function filterModels(view: ConnectionView, filter: string): readonly ModelInfo[] {
  const wanted = words(filter)
  if (wanted.length === 0) return view.models
  return view.models.filter((model) => {
    const text = searchText(model, view)
    return wanted.every((word) => text.includes(word))
  })
}
