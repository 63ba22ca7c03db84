/** Which tools the request offers, by the names that the server knows. */
export interface OfferedTools {
  areOffered(): boolean
  /** Whether a tool has this name. */
  has(name: string): boolean
  /** Whether a tool's name begins so. */
  begins(start: string): boolean
  /** Whether the tool cannot be called without an input. */
  needsInput(name: string): boolean
}

/** A tool's name as a server tells it: once, again in every delta, or in pieces. */
export interface ToolName {
  add(piece: string): void
  /** Whether the piece may be the rest of what came so far, and cannot be another tool's name. */
  goesOn(piece: string): boolean
  /** As far as it is told; undefined where it may be read in two ways. */
  value(): string | undefined
}

/** Characters; no name is longer. */
const longestName = 512

export function createToolName(tools: OfferedTools): ToolName {
  let first = ''
  let last = ''
  let joined = ''
  let count = 0
  let isRepeated = true
  let isGrowing = true

  function value(): string | undefined {
    if (count <= 1) return first
    if (isRepeated) {
      if (!tools.has(joined)) return first
      return tools.has(first) ? undefined : joined
    }
    if (tools.has(joined)) return joined
    if (isGrowing) return last
    return tools.areOffered() ? undefined : joined
  }

  return {
    value,
    add(piece) {
      if (count === 0) first = piece
      isRepeated &&= piece === first
      isGrowing &&= piece.startsWith(last)
      last = piece
      count += 1
      if (joined.length <= longestName) joined += piece
    },
    goesOn(piece) {
      const whole = joined + piece
      if (tools.has(piece) && tools.has(joined)) return false
      return tools.begins(whole) || (tools.has(piece) && piece.startsWith(joined))
    },
  }
}
