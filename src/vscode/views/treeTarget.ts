import { formatModelRef, type ModelRef, parseModelRef } from '../../core/model.js'

/** What a command was asked for: a connection, perhaps one model of it. */
export interface CommandTarget {
  readonly connection: string
  readonly model?: ModelRef
}

const connectionPrefix = 'connection:'
const modelPrefix = 'model:'

export function connectionNodeId(connection: string): string {
  return `${connectionPrefix}${connection}`
}

export function modelNodeId(model: ModelRef): string {
  return `${modelPrefix}${formatModelRef(model)}`
}

/**
 * Reads a command's argument: an id of the tree (`connection:work`, `model:work/gpt-5`),
 * or, from a keybinding or another extension, `work` or `work/gpt-5`. Undefined for everything else.
 */
export function parseTarget(argument: unknown): CommandTarget | undefined {
  if (typeof argument !== 'string' || argument === '') return undefined
  if (argument.startsWith(connectionPrefix)) return { connection: argument.slice(connectionPrefix.length) }
  const isModel = argument.startsWith(modelPrefix)
  const text = isModel ? argument.slice(modelPrefix.length) : argument
  const model = parseModelRef(text)
  // A route may be named without a slash, as a connection is.
  return model === undefined || (model.id === '' && !isModel)
    ? { connection: text }
    : { connection: model.connection, model }
}
