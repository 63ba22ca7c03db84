// Runs TypeScript sources as they are: Node strips the types, this maps a relative `.js` import to its `.ts` file, and
// `vscode`, which only VS Code has, to a window that a test plays.
import { existsSync } from 'node:fs'
import { registerHooks } from 'node:module'
import { fileURLToPath } from 'node:url'

const playedVsCode = new URL('./fakes/vscode/module.ts', import.meta.url).href

registerHooks({
  resolve(specifier, context, nextResolve) {
    if (specifier === 'vscode') return nextResolve(playedVsCode, context)
    if (specifier.startsWith('.') && specifier.endsWith('.js') && context.parentURL !== undefined) {
      const source = new URL(`${specifier.slice(0, -3)}.ts`, context.parentURL)
      if (existsSync(fileURLToPath(source))) return nextResolve(source.href, context)
    }
    return nextResolve(specifier, context)
  },
})
