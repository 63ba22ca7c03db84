import type { Connection } from '../../core/provider.js'
import type { ConnectionTest, ConnectionTestResult } from '../../core/registry/testConnection.js'
import { formatPricing } from '../modelInformation.js'
import type { CommandServices } from './services.js'

/** Asks whether a test may ask a cloud model for one token. */
export function mayAskToken(
  services: Pick<CommandServices, 'ui'>,
  connection: Connection,
): NonNullable<ConnectionTest['mayChat']> {
  return async ({ model }) => {
    const price = formatPricing(model.pricing)
    const cost = price === undefined ? 'Its price is not known.' : `It costs ${price}.`
    const answer = await services.ui.tell({
      level: 'info',
      modal: true,
      message: `Ask ${model.name} for one token?`,
      detail: `Anybody may read the list of models of “${connection.name}”, so only an answer shows whether the key is right. ${cost}`,
      buttons: ['Ask'],
    })
    return answer === 'Ask'
  }
}

/** Whether a test that passed has shown that the key is right. */
export function provesKey({ key, chat }: ConnectionTestResult): boolean {
  return key !== 'unproven' || chat !== undefined
}
