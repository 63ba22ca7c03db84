import type { Asking } from './wire.js'

/**
 * What a server tells of its models beside its list. Undefined where it does not: the list is worth having without it.
 * Throws ModelError `cancelled` alone.
 */
export async function readFurther({ transport, log }: Asking, url: string): Promise<unknown> {
  try {
    return await transport.json(url)
  } catch (thrown) {
    const error = transport.error(thrown)
    if (error.code === 'cancelled') throw error
    log.debug(`${transport.subject.host} tells no more of its models: ${error.message}`)
    return undefined
  }
}
