// One contestant's process: loads its model once, then generates whenever it is told to.
import process, { argv } from 'node:process'

export interface Task {
  /** Absolute path of a GGUF file whose answer never ends by itself. */
  readonly file: string
  readonly prompt: string
  readonly threads: number
  readonly maxTokens: number
}

/** Generates one answer and says how many tokens it had. */
export type Generate = () => Promise<number>

function tell(message: { readonly tokensPerSecond: number } | { readonly error: string }): void {
  process.send?.(message)
}

async function generateTimed(generate: Generate, { maxTokens }: Task): Promise<number> {
  const start = performance.now()
  const tokens = await generate()
  const seconds = (performance.now() - start) / 1_000
  if (tokens !== maxTokens) throw new Error(`The answer had ${tokens} tokens, not ${maxTokens}.`)
  return tokens / seconds
}

/** Answers each message of the parent with the speed of one more generation, and ends with the parent. */
export function serveTurns(load: (task: Task) => Promise<Generate>): void {
  const task: Task = JSON.parse(argv[2] ?? '{}')
  const loaded = load(task)
  process.on('message', () => {
    loaded
      .then(async (generate) => tell({ tokensPerSecond: await generateTimed(generate, task) }))
      .catch((error: unknown) => tell({ error: String(error) }))
  })
  process.on('disconnect', () => process.exit())
}
