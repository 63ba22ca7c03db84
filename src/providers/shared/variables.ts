import { ModelError } from '../../core/errors.js'
import { isRecord } from '../../core/json.js'
import type { Environment } from '../../core/ports.js'
import type { ProviderContext } from '../../core/provider.js'

/** `${env:NAME}` in what the user has written in a connection, which only the user's own settings hold. */

const reference = /\$\{env:([^}]*)\}/g

/** `what` names the place for the error. Throws ModelError `invalid-request` for a variable that is not set. */
export function resolveVariables(text: string, what: string, context: ProviderContext): string {
  return text.replaceAll(reference, (_whole, name: string) => {
    const value = valueOf(name, context.environment)
    if (value !== undefined) return value
    throw new ModelError({
      code: 'invalid-request',
      message: `The environment variable ${name.trim()}, named in ${what} of the connection “${context.connection.name}”, is not set. Set it where VS Code is started, or correct the connection.`,
      provider: context.connection.provider,
    })
  })
}

/** The same in every text of a value, however deep. */
export function resolveDeep(value: unknown, what: string, context: ProviderContext): unknown {
  if (typeof value === 'string') return resolveVariables(value, what, context)
  if (Array.isArray(value)) return value.map((item) => resolveDeep(item, what, context))
  if (!isRecord(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name, resolveDeep(item, what, context)]),
  )
}

/** Values of all variables that the connection names anywhere: what must not show in an error. */
export function namedValues({ connection, environment }: ProviderContext): readonly string[] {
  const written = JSON.stringify([connection.fields, connection.models])
  return [...written.matchAll(reference)].flatMap(([, name = '']) => valueOf(name, environment) ?? [])
}

function valueOf(name: string, environment: Environment): string | undefined {
  const value: unknown = environment[name.trim()]
  return typeof value === 'string' && value !== '' ? value : undefined
}
