/** Token counts by text. */
export interface TextCache {
  get(text: string): number | undefined
  set(text: string, tokens: number): void
}

/** Keeps what was used lately: what is found in the old generation moves to the young one. */
export function createTextCache(maxTexts: number, maxCharacters: number): TextCache {
  let young = new Map<string, number>()
  let old = new Map<string, number>()
  let characters = 0
  const keep = (text: string, tokens: number): void => {
    if (young.size >= maxTexts || characters + text.length > maxCharacters) {
      old = young
      young = new Map()
      characters = 0
    }
    young.set(text, tokens)
    characters += text.length
  }
  return {
    get(text: string): number | undefined {
      const recent = young.get(text)
      if (recent !== undefined) return recent
      const older = old.get(text)
      if (older !== undefined) keep(text, older)
      return older
    },
    set(text: string, tokens: number): void {
      if (text.length <= maxCharacters) keep(text, tokens)
    },
  }
}
