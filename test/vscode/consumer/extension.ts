// An extension that knows nothing of Roundhouse but its vendor name: it finds the models and asks them.
import * as vscode from 'vscode'

export interface ConsumerApi {
  listModels(): Promise<readonly vscode.LanguageModelChat[]>
  /** The whole text of the answer to one user message. */
  ask(modelId: string, text: string): Promise<string>
}

export function activate(): ConsumerApi {
  return { listModels, ask }
}

async function listModels(): Promise<readonly vscode.LanguageModelChat[]> {
  return vscode.lm.selectChatModels({ vendor: 'roundhouse' })
}

async function ask(modelId: string, text: string): Promise<string> {
  const [model] = await vscode.lm.selectChatModels({ vendor: 'roundhouse', id: modelId })
  if (model === undefined) throw new Error(`Roundhouse offers no model ${modelId}.`)
  const response = await model.sendRequest([vscode.LanguageModelChatMessage.User(text)])
  let answer = ''
  for await (const part of response.text) answer += part
  return answer
}
