/** What a model's own id says about it. */
export interface ModelIdentity {
  /** Undefined where the id names no family that is known. */
  readonly family: string | undefined
  /** The date or the tag that pins a revision. */
  readonly version: string | undefined
}

export interface IdentityHints {
  /** Names of models on this machine are given by anyone who made a file. */
  readonly location: 'cloud' | 'local'
}

interface KnownFamily {
  readonly prefix: RegExp
  /** Who may publish under this name, where the id names a publisher. Absent: anyone, for the weights are open. */
  readonly publishers?: readonly string[]
}

/**
 * VS Code's chat words its prompts by `claude`, `gpt-5` and `gemini`, so nobody else's model may carry those names.
 */
const knownFamilies: readonly KnownFamily[] = [
  { prefix: /^claude(?=-|$)/, publishers: ['anthropic'] },
  { prefix: /^gpt-oss/ },
  {
    prefix: /^(?:gpt-\d|chatgpt|o[1-9](?=-|$)|codex(?=-|$)|davinci|babbage)/,
    publishers: ['openai', 'azure'],
  },
  { prefix: /^gemini(?=-|$)/, publishers: ['google', 'models'] },
  { prefix: /^(?:grok(?=-|$))/, publishers: ['x-ai', 'xai'] },
  {
    prefix:
      /^(?:aya|codegemma|codellama|codestral|command|deepseek|devstral|ernie|falcon|gemma|glm|granite|hermes|jamba|kimi|llama|llava|magistral|mimo|minimax|ministral|mistral|mixtral|moondream|nemotron|olmo|orca|phi|pixtral|qwen|qwq|smollm|solar|starcoder|step|tinyllama|vicuna|voxtral|wizardlm|yi|zephyr)(?=[-.\d]|$)/,
  },
]

const date = /(?<![\d.])(20\d{2})-?(0[1-9]|1[0-2])-?(0[1-9]|[12]\d|3[01])(?!\d)/
/** A revision without a full date, as in `gpt-4-0613`, `flash-001` and `preview-09-2025`. */
const revision = /-(\d{4}|0\d{2}|\d{2}-\d{2}|\d{2}-20\d{2})$/

/** What says how a model was packed or tuned, not which model it is. */
const decorations: readonly RegExp[] = [
  /[-._](?:gguf|ggml|awq|gptq|mlx|exl2|onnx|bnb|marlin|unsloth|dynamic|safetensors)(?=[-._]|$)/g,
  /[-._](?:ud-)?i?q\d(?:[_-][\dkmslx]+)*(?=[-._]|$)/g,
  /[-._](?:bf16|f16|f32|fp16|fp8|fp4|mxfp4|nvfp4|int8|int4|w\d+a\d+|\d+bit)(?=[-._]|$)/g,
  /[-_](?:\d+x)?\d+(?:\.\d+)?[bm](?:-a\d+(?:\.\d+)?b)?(?=[-._]|$)/g,
  /[-_](?:\d+e|it|instruct|chat|base|hf|versatile|instant)(?=[-._]|$)/g,
  /-(?:latest|preview|experimental|exp)(?=-|$)/g,
]

const longestId = 300

interface NameParts {
  readonly publisher: string | undefined
  readonly base: string
  readonly tag: string | undefined
}

/** `publisher/name:tag`, `publisher.name-v1:0` and `ft:name:organisation::id`, as the clouds write them. */
function splitName(id: string): NameParts {
  const text = id.slice(0, longestId).toLowerCase().replace(/^ft:/, '')
  const segments = text.split('/')
  const last = segments.at(-1) ?? text
  const cloudPublisher = /^(?:[a-z]{2,6}\.)?(anthropic|meta|mistral|cohere|amazon|deepseek|openai)\./.exec(
    last,
  )
  const named = cloudPublisher === null ? last : last.slice(cloudPublisher[0].length)
  const [base = '', tag] = named.split(/[:@]/)
  return {
    publisher: cloudPublisher?.[1] ?? segments.at(-2),
    base: cloudPublisher === null ? base : base.replace(/-v\d+$/, ''),
    tag: tag === undefined || tag === '' ? undefined : tag,
  }
}

function stripDecorations(base: string): string {
  const undated = base.replace(date, '').replace(/-{2,}/g, '-').replace(/-+$/, '')
  const plain = decorations.reduce((name, pattern) => name.replaceAll(pattern, ''), undated)
  return plain
    .replace(revision, '')
    .replace(/^meta-(?=llama)/, '')
    .replace(/[-._]+$/, '')
}

/** `claude-sonnet-4-5` and `claude-3-5-sonnet` mean 4.5 and 3.5. */
function joinVersionNumbers(name: string): string {
  return name.startsWith('claude-') ? name.replace(/-(\d{1,2})-(\d{1,2})(?=-|$)/, '-$1.$2') : name
}

/** Ollama's mark of a model that it passes on to a cloud. */
export function runsInCloud(id: string): boolean {
  return /(?::|-)cloud$/.test(id)
}

function isEntitled(family: KnownFamily, parts: NameParts, id: string, hints: IdentityHints): boolean {
  if (family.publishers === undefined) return true
  if (hints.location === 'local' && !runsInCloud(id)) return false
  return parts.publisher === undefined || family.publishers.includes(parts.publisher)
}

function versionOf(parts: NameParts): string | undefined {
  const found = date.exec(parts.base) ?? date.exec(parts.tag ?? '')
  if (found !== null) return `${found[1]}-${found[2]}-${found[3]}`
  return parts.tag ?? revision.exec(parts.base)?.[1]
}

export function identifyModel(id: string, hints: IdentityHints): ModelIdentity {
  const parts = splitName(id)
  const name = joinVersionNumbers(stripDecorations(parts.base))
  const known = knownFamilies.find((family) => family.prefix.test(name))
  const family = known !== undefined && isEntitled(known, parts, id, hints) ? name : undefined
  return { family, version: versionOf(parts) }
}

/** A family for a model that nobody classifies: its own name, unless that would pass for somebody else's model. */
export function fallbackFamily(id: string): string {
  const name = stripDecorations(splitName(id).base)
  const reserved = knownFamilies.some((family) => family.publishers !== undefined && family.prefix.test(name))
  return name === '' || reserved ? 'unknown' : name
}
