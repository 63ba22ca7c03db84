import type { ChatParameters } from '../chat.js'
import type { Log } from '../ports.js'
import type { Connection } from '../provider.js'
import { mergeParameters, type ParameterSettings } from './merge.js'
import { findTemplate, type ParameterTemplates } from './templates.js'

export interface DefaultParametersOptions {
  /** The user's own, as they are now. */
  readonly templates: () => ParameterTemplates
  readonly log: Log
}

/** What a connection says of all its models, and of one. */
export type DefaultParameters = (connection: Connection, modelId: string) => ChatParameters

/**
 * The parameters that the user has set for a model: the model's own, then its connection's, then those of the template
 * that the model, or else the connection, names. An unknown template is logged once, and counts for nothing.
 */
export function createDefaultParameters({ templates, log }: DefaultParametersOptions): DefaultParameters {
  const missed = new Set<string>()
  const templateOf = (
    connection: Connection,
    name: string | null | undefined,
  ): ParameterSettings | undefined => {
    if (name === undefined || name === null) return undefined
    const found = findTemplate(name, templates())
    const miss = `${connection.id} ${name}`
    if (found === undefined && !missed.has(miss)) {
      missed.add(miss)
      log.warn(
        `${connection.name} names the parameter template “${name}”, and there is none. Correct the name, or add it to roundhouse.parameterTemplates.`,
      )
    }
    return found
  }
  return (connection, modelId) => {
    const { models, parameters, template } = connection
    const own = Object.hasOwn(models, modelId) ? models[modelId] : undefined
    const named = own?.template === undefined ? template : own.template
    return mergeParameters([own?.parameters, parameters, templateOf(connection, named)])
  }
}
