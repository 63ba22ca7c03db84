/** How far a JSON value has come whose text arrives in pieces; `beyond` where more follows its end. */
type JsonProgress = 'blank' | 'open' | 'whole' | 'beyond'

export interface JsonText {
  add(piece: string): void
  progress(): JsonProgress
}

const space = /^\s*$/

export function isBlank(text: string): boolean {
  return space.test(text)
}

/** Follows brackets and quotes alone, each character once; whether the value is valid is for a parser to say. */
export function createJsonText(): JsonText {
  let progress: JsonProgress = 'blank'
  let depth = 0
  let inString = false
  let isEscaped = false
  /** The beginning of a value that is neither in brackets nor in quotes; of these, `null` alone has a known end. */
  let literal = ''

  const readString = (character: string): void => {
    if (isEscaped) isEscaped = false
    else if (character === '\\') isEscaped = true
    else if (character === '"') inString = false
  }
  const readOutside = (character: string): void => {
    if (character === '"') inString = true
    else if (character === '{' || character === '[') depth += 1
    else if (character === '}' || character === ']') depth -= 1
    else if (depth === 0 && literal.length < 'null'.length) literal += character
  }
  const read = (character: string): void => {
    if (!inString && (character === ' ' || character === '\n' || character === '\r' || character === '\t'))
      return
    if (progress === 'whole' || progress === 'beyond') {
      progress = 'beyond'
      return
    }
    if (inString) readString(character)
    else readOutside(character)
    const isEnded = !inString && depth <= 0 && (literal === '' || literal === 'null')
    progress = isEnded ? 'whole' : 'open'
  }

  return {
    add(piece) {
      for (let at = 0; at < piece.length; at++) read(piece.charAt(at))
    },
    progress: () => progress,
  }
}
