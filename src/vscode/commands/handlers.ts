import { connectionCommands } from './connectionCommands.js'
import { helpCommands } from './helpCommands.js'
import { keyCommands } from './keyCommands.js'
import { modelCommands } from './modelCommands.js'
import { parameterCommands } from './parameterTemplates.js'
import { requestCommands } from './requestCommands.js'
import type { CommandHandlers, CommandServices } from './services.js'
import { silenceCommands } from './silenceCommands.js'
import { usageCommands } from './usageCommands.js'
import { viewCommands } from './viewCommands.js'

/** Every command of the table has its handler here; a missing one does not compile. */
export function createCommandHandlers(services: CommandServices): CommandHandlers {
  return {
    ...connectionCommands(services),
    ...keyCommands(services),
    ...modelCommands(services),
    ...parameterCommands(services),
    ...viewCommands(services),
    ...usageCommands(services),
    ...silenceCommands(services),
    ...requestCommands(services),
    ...helpCommands(services),
  }
}
