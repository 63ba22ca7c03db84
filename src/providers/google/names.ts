import type { Tool } from '../../core/chat.js'
import { createToolNames, type ToolNames } from '../shared/toolSchema.js'

/** Names as Gemini takes them: beginning with a letter or an underscore. */
export function createGeminiNames(tools: readonly Tool[]): ToolNames {
  const originals = new Map(tools.map(({ name }) => [fit(name), name]))
  const names = createToolNames(tools.map((tool) => ({ ...tool, name: fit(tool.name) })))
  return {
    ...names,
    toWire: (name) => names.toWire(fit(name)),
    fromWire(name) {
      const fitted = names.fromWire(name)
      return originals.get(fitted) ?? fitted
    },
  }
}

function fit(name: string): string {
  return /^[A-Za-z_]/.test(name) ? name : `_${name}`
}
