import type { Connection } from '../provider.js'
import type { Credentials } from './credentials.js'
import type { RecentSecrets } from './recentSecrets.js'

export interface RefreshKeyOptions {
  readonly credentials: Pick<Credentials, 'resolve'>
  readonly secrets: Pick<RecentSecrets, 'forget'>
  readonly connection: (id: string) => Connection | undefined
}

/** Looks a connection's key up anew, as another window may have stored one; true where it is another one now. */
export function createRefreshKey({ credentials, secrets, connection }: RefreshKeyOptions) {
  return async (connectionId: string): Promise<boolean> => {
    const found = connection(connectionId)
    if (found === undefined) return false
    try {
      const before = await credentials.resolve(found)
      secrets.forget()
      return before !== (await credentials.resolve(found))
    } catch {
      // Without a key there is nothing to try again with; the refusal that led here says why.
      return false
    }
  }
}
