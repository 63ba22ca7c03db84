import type { Cut } from './cut.js'
import { commandCuts } from './cuts/commands.js'
import { settingCuts } from './cuts/settings.js'
import { otherCuts } from './cuts/wires.js'

/** Every wire that `npm run test:mutants` cuts. */
export const cuts: readonly Cut[] = [...settingCuts, ...commandCuts, ...otherCuts]
