// An extension that knows nothing of Roundhouse but its vendor name and its API: it finds the models and asks them.
import * as vscode from 'vscode'
import type { RoundhouseApi, RoundhouseExports } from '../../../src/api.js'

export interface ConsumerRequest {
  readonly messages: vscode.LanguageModelChatMessage[]
  readonly options?: vscode.LanguageModelChatRequestOptions
  readonly token?: vscode.CancellationToken
  /** Called with every part as it arrives. */
  readonly onPart?: (part: unknown) => void
}

export interface ConsumerApi {
  readonly context: vscode.ExtensionContext
  /** Where VS Code keeps this extension's state and logs, beside those of the others. */
  readonly folders: { readonly storage: vscode.Uri; readonly logs: vscode.Uri }
  listModels(): Promise<readonly vscode.LanguageModelChat[]>
  find(modelId: string): Promise<vscode.LanguageModelChat>
  /** Roundhouse's own API, as an extension gets it. */
  openRoundhouse(): Promise<RoundhouseApi>
  /** The whole text of the answer to one user message. */
  ask(modelId: string, text: string): Promise<string>
  /** Reads the answer to its end; throws what the host throws. */
  request(modelId: string, request: ConsumerRequest): Promise<void>
}

export function activate(context: vscode.ExtensionContext): ConsumerApi {
  const folders = { storage: context.globalStorageUri, logs: context.logUri }
  const openRoundhouse = async (): Promise<RoundhouseApi> => {
    const roundhouse = vscode.extensions.getExtension<RoundhouseExports>('roundhouse.roundhouse')
    if (roundhouse === undefined) throw new Error('Roundhouse is not installed.')
    const { getApi } = await roundhouse.activate()
    return await getApi(1, context.extension.id)
  }
  return { context, folders, openRoundhouse, listModels, find, ask, request: sendRequest }
}

async function listModels(): Promise<readonly vscode.LanguageModelChat[]> {
  return vscode.lm.selectChatModels({ vendor: 'roundhouse' })
}

async function find(modelId: string): Promise<vscode.LanguageModelChat> {
  const [model] = await vscode.lm.selectChatModels({ vendor: 'roundhouse', id: modelId })
  if (model === undefined) throw new Error(`Roundhouse offers no model ${modelId}.`)
  return model
}

async function ask(modelId: string, text: string): Promise<string> {
  const model = await find(modelId)
  const response = await model.sendRequest([vscode.LanguageModelChatMessage.User(text)])
  let answer = ''
  for await (const part of response.text) answer += part
  return answer
}

async function sendRequest(modelId: string, request: ConsumerRequest): Promise<void> {
  const model = await find(modelId)
  const response = await model.sendRequest(request.messages, request.options, request.token)
  for await (const part of response.stream) request.onPart?.(part)
}
