import { readTemplate } from '../../core/catalog/promptTemplate.js'
import { compact } from '../../core/compact.js'
import type { ListedModel } from '../../core/model.js'
import { readFurther } from '../shared/chatWire/further.js'
import { type Asking, llamaWire, type RowWays } from '../shared/chatWire/wire.js'
import { booleanAt, numberAt, recordAt, textAt } from '../shared/json.js'

/** `/props` tells what the one loaded model was started with; a router of several models has none to tell of. */
async function readProps(models: readonly ListedModel[], asking: Asking): Promise<readonly ListedModel[]> {
  const [model, ...others] = models
  if (model === undefined || others.length > 0) return models
  const props = await readFurther(asking, `${asking.transport.baseUrl.replace(/\/v1$/, '')}/props`)
  // It can be switched off.
  if (props === undefined) return models
  const abilities = recordAt(props, 'chat_template_caps')
  const template = readTemplate(textAt(props, 'chat_template'))
  const capabilities = compact({
    ...model.capabilities,
    imageInput: booleanAt(recordAt(props, 'modalities'), 'vision'),
    toolCalling: booleanAt(abilities, 'supports_tools'),
    systemRole: booleanAt(abilities, 'supports_system_role') ?? template?.systemRole,
  })
  const contextWindow =
    numberAt(recordAt(props, 'default_generation_settings'), 'n_ctx') ?? model.contextWindow
  return [{ ...model, ...compact({ contextWindow, promptTemplate: template?.name }), capabilities }]
}

export const ways: RowWays = {
  wire: llamaWire,
  enrichModels: readProps,
}
