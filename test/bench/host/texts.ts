// Texts as chat sends them for counting: prose, code and tables, different each time and the same in every run.

const words =
  'the model answers with a list of files and then const value = await reader.read() if (done) return undefined // 42 ' +
  'interface Options { readonly name: string } über naïve 日本語 "quoted" | column | 1,024.50 | https://example.test/path?x=1 ' +
  'function describe(error) { throw new TypeError(`expected ${kind}`) } import json from data #heading - item'

/** Numbers from 0 up to 1 by the mulberry32 generator. */
function createRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** Texts of `length` UTF-16 units each, no two alike. */
export function makeTexts(count: number, length: number): string[] {
  const random = createRandom(20_261_120)
  const vocabulary = words.split(' ')
  return Array.from({ length: count }, (_, index) => {
    let text = `${index} `
    while (text.length < length) text += `${vocabulary[Math.floor(random() * vocabulary.length)] ?? ''} `
    return text.slice(0, length)
  })
}

/** Equal texts in memory of their own, as they arrive when a process sends them again. */
export function copyTexts(texts: readonly string[]): string[] {
  return texts.map((text) => Buffer.from(text).toString())
}
