// The floor: the least that a provider over HTTP can do. It passes every token on as it comes, so whatever it takes
// longer than a plain fetch is VS Code's own.
import * as vscode from 'vscode'
import { readJob } from './job.js'
import { fetchStream, readTexts } from './streams.js'

interface ModelList {
  readonly data: readonly { readonly id: string }[]
}

async function listModels(serverUrl: string): Promise<vscode.LanguageModelChatInformation[]> {
  const response = await fetch(`${serverUrl}/models`)
  const list: ModelList = await response.json()
  return list.data.map(({ id }) => ({
    id,
    name: id,
    family: id,
    version: '1',
    maxInputTokens: 100_000,
    maxOutputTokens: 8_000,
    capabilities: {},
  }))
}

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  const { serverUrl } = await readJob()
  const floor: vscode.LanguageModelChatProvider = {
    provideLanguageModelChatInformation: () => listModels(serverUrl),
    async provideLanguageModelChatResponse(model, _messages, _options, progress) {
      for await (const text of readTexts(await fetchStream(serverUrl, model.id))) {
        if (text !== '') progress.report(new vscode.LanguageModelTextPart(text))
      }
    },
    provideTokenCount: () => Promise.resolve(1),
  }
  context.subscriptions.push(vscode.lm.registerLanguageModelChatProvider('bench-floor', floor))
}
