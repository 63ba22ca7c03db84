import { ModelError } from '../../core/errors.js'
import { formatModelRef, type ModelInfo } from '../../core/model.js'
import type { CommandServices } from './services.js'

const vendor = 'roundhouse'
const groupKey = 'chatGroupAdded'
/** How long VS Code may take to start its Chat extension, in milliseconds. */
const chatStartsWithinMs = 15_000
const pollMs = 200

function selectorOf(model: ModelInfo) {
  return { vendor, id: formatModelRef(model), family: model.family }
}

/** Makes a model the default, and the model of every Chat view there is. */
export async function chooseDefault(services: CommandServices, model: ModelInfo): Promise<void> {
  const id = formatModelRef(model)
  await services.defaultModel.set(id)
  await services.recentModels.add(id)
  try {
    await services.host.execute('workbench.action.chat.changeModel', selectorOf(model))
  } catch (error) {
    services.log.warn(`Chat did not switch to ${id}: ${String(error)}`)
  }
}

async function waitForChat(services: CommandServices, signal: AbortSignal): Promise<void> {
  const end = services.clock.monotonic() + chatStartsWithinMs
  while (!services.host.chatIsEnabled() && services.clock.monotonic() < end) {
    await services.clock.sleep(pollMs, signal)
  }
  if (!services.host.chatIsEnabled()) services.log.warn('VS Code has not started its Chat extension')
}

/**
 * VS Code keeps its own Chat extension off until Chat is set up, which normally means signing in.
 * Managing the language models turns it on without an account, and a group of ours keeps the sign-in away.
 */
export async function setUpChat(services: CommandServices): Promise<void> {
  if (services.host.readSetting('chat.disableAIFeatures') === true) {
    const message =
      'AI features are off in VS Code. Turn off the setting chat.disableAIFeatures, then try again.'
    throw new ModelError({ code: 'capability-unsupported', message })
  }
  if (!services.host.chatIsEnabled()) {
    await services.ui.progress('Setting up Chat…', async (signal) => {
      await services.host.executeAndClose('workbench.action.chat.manage', async () =>
        waitForChat(services, signal),
      )
    })
  }
  if (services.host.memory.get(groupKey) === true) return
  try {
    await services.host.execute('lm.addLanguageModelsProviderGroup', { vendor, name: 'Roundhouse' })
    await services.host.memory.update(groupKey, true)
  } catch (error) {
    services.log.info(`VS Code took no model group for Roundhouse: ${String(error)}`)
  }
}

/** Opens the Chat view with that model; sets Chat up where that was never done. */
export async function openChat(services: CommandServices, model: ModelInfo | undefined): Promise<void> {
  await setUpChat(services)
  if (model === undefined) {
    await services.host.execute('workbench.action.chat.open')
    return
  }
  try {
    await services.host.execute('workbench.action.chat.open', { modelSelector: selectorOf(model) })
  } catch (error) {
    services.log.warn(`Chat did not take the model with which it was opened: ${String(error)}`)
    await services.host.execute('workbench.action.chat.open')
    await services.host.execute('workbench.action.chat.changeModel', selectorOf(model))
  }
}
