import { routeModels } from '../core/routing/routeModels.js'
import { settingReaders } from '../vscode/settingReaders.js'

/** What only a window needs in which some setting is written: where none is, one connection offers one model. */
export const written = { settingReaders, routeModels }
