import type { Stream } from 'openai/core/streaming'
import type { JsonRecord } from './json.js'
import type { Transport } from './transport.js'

/**
 * Posts to a path below the base URL, or to a whole URL, with the official SDK, and yields the stream's events, unread. Nothing of the
 * environment gets in, no retries, and the key is the transport's: the SDK only ever holds a placeholder.
 */
export async function* streamEvents(
  transport: Transport,
  path: string,
  body: JsonRecord,
): AsyncIterable<unknown> {
  const { OpenAI } = await import('openai')
  const client = new OpenAI({
    apiKey: 'held-by-the-transport',
    adminAPIKey: null,
    organization: null,
    project: null,
    webhookSecret: null,
    baseURL: transport.baseUrl,
    fetch: transport.fetch,
    maxRetries: 0,
    // The transport has its own; this is the longest that a timer takes.
    timeout: 2 ** 31 - 1,
    logLevel: 'off',
  })
  yield* await client.post<Stream<unknown>>(path, { body, stream: true })
}
