import type { ModelInfo } from '../model.js'
import type { ConnectionView } from '../registry/registry.js'

/** The provider of routes, of which there is none. */
export const routeProvider = 'roundhouse'

export function isRoute({ provider }: Pick<ModelInfo, 'provider'>): boolean {
  return provider === routeProvider
}

/** Whether this is what routes are listed under, which is no connection of the user's. */
export function offersRoutes({ connection }: Pick<ConnectionView, 'connection'>): boolean {
  return connection.provider === routeProvider
}
