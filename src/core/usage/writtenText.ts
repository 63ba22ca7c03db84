/** What an answer has written so far, kept for the case that nobody counts it. */
export interface WrittenText {
  add(text: string): void
  isEmpty(): boolean
  whole(): string
}

const piecesPerBlock = 4_096

/** A million small strings weigh ten times as much as their text: they are joined block by block. */
export function createWrittenText(): WrittenText {
  const blocks: string[] = []
  let pieces: string[] = []
  return {
    add(text) {
      pieces.push(text)
      if (pieces.length < piecesPerBlock) return
      blocks.push(pieces.join(''))
      pieces = []
    },
    isEmpty: () => blocks.length + pieces.length === 0,
    whole: () => [...blocks, ...pieces].join(''),
  }
}
