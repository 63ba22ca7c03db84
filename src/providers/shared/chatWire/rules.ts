import { parameterNames } from '../../../core/parameters/merge.js'
import type { ParameterRules } from '../parameters.js'
import type { ChatWire } from './wire.js'

/** Which parameters may be sent over a wire. */
export function rulesOf({ parameters, refuses, maximumStops }: ChatWire): ParameterRules {
  return {
    takes: parameterNames.filter((name) => parameters[name] !== undefined),
    ...(refuses === undefined ? {} : { refuses }),
    ...(maximumStops === undefined ? {} : { maximumStops }),
  }
}
