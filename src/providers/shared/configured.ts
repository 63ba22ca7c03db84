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

/** Fields of forms that are headers of their own; a header that the user writes wins. */
const headerFields = [
  { field: 'organization', header: 'OpenAI-Organization', what: 'the organization id' },
  { field: 'project', header: 'OpenAI-Project', what: 'the project id' },
] as const

const none: Readonly<Record<string, string>> = {}

/** Throws ModelError `invalid-request` where a variable is not set. */
export function readConfigured(context: ProviderContext): Configured {
  const written = textsOf(context, 'headers', 'the headers')
  const query = textsOf(context, 'query', 'the query')
  return {
    headers: { ...fieldHeaders(context, written), ...written },
    query,
    keyHeader: textField(context, 'keyHeader'),
    secrets() {
      const values = [...Object.values(written), ...Object.values(query), ...namedValues(context)]
      return values.filter((value) => value.length >= shortestSecret)
    },
  }
}

function fieldHeaders(
  context: ProviderContext,
  written: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const names = new Set(Object.keys(written).map((name) => name.toLowerCase()))
  const named = headerFields.flatMap(({ field, header, what }) => {
    const value = textField(context, field)
    if (value === undefined || names.has(header.toLowerCase())) return []
    return [[header, resolveVariables(value, what, context)] as const]
  })
  return Object.fromEntries(named)
}

function textsOf(context: ProviderContext, id: string, what: string): Readonly<Record<string, string>> {
  if (context.connection.fields[id] === undefined) return none
  const entries = Object.entries(recordField(context, id)).flatMap(([name, value]) =>
    typeof value === 'string' ? [[name, resolveVariables(value, what, context)] as const] : [],
  )
  return Object.fromEntries(entries)
}
