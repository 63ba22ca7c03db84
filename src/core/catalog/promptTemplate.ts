/** What the template says in which a model's conversations are written for it. */
export interface TemplateFacts {
  /** The name under which the format is known; undefined for one of the model's own. */
  readonly name: string | undefined
  /** False where the template refuses a system message, or has no place for one. */
  readonly systemRole: boolean | undefined
}

interface Format {
  readonly name: string
  /** What only this format has around a message. */
  readonly mark: RegExp
}

/** The first that fits: later ones are more general. */
const formats: readonly Format[] = [
  { name: 'Harmony', mark: /<\|start\|>[\s\S]*<\|channel\|>|<\|channel\|>[\s\S]*<\|start\|>/ },
  { name: 'Llama 4', mark: /<\|header_start\|>/ },
  { name: 'Llama 3', mark: /<\|start_header_id\|>/ },
  { name: 'Gemma', mark: /<start_of_turn>/ },
  { name: 'ChatML', mark: /<\|im_start\|>/ },
  { name: 'DeepSeek', mark: /<｜(User|Assistant)｜>/ },
  { name: 'Command', mark: /<\|START_OF_TURN_TOKEN\|>/ },
  { name: 'Granite', mark: /<\|start_of_role\|>/ },
  { name: 'Phi', mark: /<\|user\|>[\s\S]*<\|end\|>/ },
  { name: 'Zephyr', mark: /<\|user\|>/ },
  { name: 'Mistral', mark: /\[INST\]/ },
]

const refusesSystem = /raise_exception\([^)]*system[^)]*not\s+supported/i

/** Of Ollama's templates: what does not write out a message's own role names each role that it has a place for. */
const namesRoles = /\{\{-?\s*\.Prompt\b/

/** Of a Jinja template, or of Ollama's own; undefined for what is none. */
export function readTemplate(template: unknown): TemplateFacts | undefined {
  if (typeof template !== 'string' || template.trim() === '') return undefined
  const format = formats.find(({ mark }) => mark.test(template))
  const hasNoPlace =
    format !== undefined && namesRoles.test(template) && !/system|\.Role\s*-?\}\}/i.test(template)
  return {
    name: format?.name,
    systemRole: refusesSystem.test(template) || hasNoPlace ? false : undefined,
  }
}
