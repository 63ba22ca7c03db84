import * as vscode from 'vscode'
import type { Disposable } from '../../core/ports.js'

/** Shows a text as a rendered page of its own, which is no file. */
export interface ReportDocuments extends Disposable {
  show(name: string, markdown: string): Promise<void>
}

const scheme = 'roundhouse-report'

export function createReportDocuments(): ReportDocuments {
  const texts = new Map<string, string>()
  const changed = new vscode.EventEmitter<vscode.Uri>()
  const registration = vscode.workspace.registerTextDocumentContentProvider(scheme, {
    onDidChange: changed.event,
    provideTextDocumentContent: ({ path }) => texts.get(path) ?? '',
  })
  return {
    async show(name, markdown) {
      const uri = vscode.Uri.from({ scheme, path: `/${name}.md` })
      texts.set(uri.path, markdown)
      changed.fire(uri)
      await vscode.commands.executeCommand('markdown.showPreview', uri)
    },
    dispose() {
      registration.dispose()
      changed.dispose()
      texts.clear()
    },
  }
}
