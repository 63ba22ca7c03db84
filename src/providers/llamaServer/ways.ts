import { llamaWire, type RowWays } from '../shared/chatWire/wire.js'
import type { ErrorRule } from '../shared/errorRules.js'
import { enrichModels } from './facts.js'
import { signOfLife } from './signsOfLife.js'

/** Requests at once have filled the memory that they share: what is too long by itself is refused before it begins. */
const poolIsFull: ErrorRule = {
  message: /^context size has been exceeded/i,
  when: ({ isInStream }) => isInStream,
  code: 'overloaded',
  retryable: true,
}

/** The same, and JSON by a schema alone. */
export const serverWire = { ...llamaWire, jsonNeedsSchema: true }

export const ways: RowWays = { wire: serverWire, errorRules: [poolIsFull], enrichModels, signOfLife }
