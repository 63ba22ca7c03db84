import type { ChatWrapper, LlamaModel } from 'node-llama-cpp'
import type { LlamaModule } from './llamaModule.js'

/** How templates tell a thought from an answer. */
const thoughts =
  /<think>|<thought>|\[THINK\]|<\|(START_THINKING|begin_of_thought|channel)\|>|\b(reasoning_content|enable_thinking)\b/

export function tellsThoughts(template: unknown): boolean {
  return typeof template === 'string' && thoughts.test(template)
}

/**
 * The format of a model's conversations. One of a known family goes before the file's own template, except where it
 * knows of no thoughts and the template does.
 */
export function resolveChatFormat(module: LlamaModule, model: LlamaModel): ChatWrapper {
  const known = module.resolveChatWrapper(model)
  const template = model.fileInfo.metadata.tokenizer?.chat_template
  if (known.settings.segments?.thought !== undefined || !tellsThoughts(template)) return known
  try {
    const own = module.resolveChatWrapper(model, { type: 'jinjaTemplate', warningLogs: false })
    return own.settings.segments?.thought === undefined ? known : own
  } catch {
    // A template that cannot be read leaves the format of the family.
    return known
  }
}
