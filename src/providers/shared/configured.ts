import type { ProviderContext } from '../../core/provider.js'
import { recordField, textField } from './fields.js'
import { namedValues, resolveVariables } from './variables.js'

/** What a connection adds to every request, its variables replaced. */
export interface Configured {
  readonly headers: Readonly<Record<string, string>>
  readonly query: Readonly<Record<string, string>>
  /** The header that carries the key, in place of the provider's own. */
  readonly keyHeader: string | undefined
  /** Values that must show in no message: looked for where there is one to write. */
  secrets(): readonly string[]
}

/** A shorter one would blank out ordinary words. */
const shortestSecret = 8

const none: Readonly<Record<string, string>> = {}

/** Throws ModelError `invalid-request` where a variable is not set. */
export function readConfigured(context: ProviderContext): Configured {
  const headers = textsOf(context, 'headers', 'the headers')
  const query = textsOf(context, 'query', 'the query')
  return {
    headers,
    query,
    keyHeader: textField(context, 'keyHeader'),
    secrets() {
      const written = [...Object.values(headers), ...Object.values(query), ...namedValues(context)]
      return written.filter((value) => value.length >= shortestSecret)
    },
  }
}

function textsOf(context: ProviderContext, id: string, what: string): Readonly<Record<string, string>> {
  if (context.connection.fields[id] === undefined) return none
  const entries = Object.entries(recordField(context, id)).flatMap(([name, value]) =>
    typeof value === 'string' ? [[name, resolveVariables(value, what, context)] as const] : [],
  )
  return Object.fromEntries(entries)
}
