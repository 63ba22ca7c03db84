/** Names of a model in several files: `name-00002-of-00003.gguf`. The first one stands for all. */
const partPattern = /-(\d{5})-of-(\d{5})(\.gguf)$/i

export interface PartPlace {
  /** From 1. */
  readonly number: number
  readonly count: number
}

/** The name of another part beside this one; undefined where this one is not named as a part of so many. */
export function partName(name: string, { number, count }: PartPlace): string | undefined {
  const found = partPattern.exec(name)
  if (found === null || Number(found[2]) !== count) return undefined
  const digits = String(number).padStart(5, '0')
  return name.replace(partPattern, `-${digits}-of-$2$3`)
}

/** The path of the first part; the same path for a file that is no later part, by its name. */
export function firstPartOf(path: string): string {
  return path.replace(partPattern, '-00001-of-$2$3')
}

export interface NamedFile {
  readonly id: string
  readonly file: string
}

/**
 * The models in a list of files. A model's id is its file's name; the same name in another folder gets a number. Parts of
 * one model are one, which the first of them that is listed stands for.
 */
export function nameModelFiles(files: readonly string[]): readonly NamedFile[] {
  const models = new Map<string, string>()
  for (const file of files) {
    const first = firstPartOf(file)
    if (!models.has(first)) models.set(first, file)
  }
  const taken = new Set<string>()
  return [...models].map(([first, file]) => {
    const base = baseName(first)
    let id = base
    for (let count = 2; taken.has(id); count++) id = `${base}-${count}`
    taken.add(id)
    return { id, file }
  })
}

function baseName(first: string): string {
  const name = first.split(/[/\\]/).at(-1) ?? first
  return name.replace(/\.gguf$/i, '').replace(/-00001-of-\d{5}$/, '')
}
