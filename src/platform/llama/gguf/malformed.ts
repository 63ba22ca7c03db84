const marker = Symbol('malformed')

/** What is wrong with a file, as the rest of a sentence; whoever knows the file makes a ModelError of it. */
export interface Malformed extends Error {
  readonly [marker]: true
}

export function malformed(what: string): Malformed {
  return Object.assign(new Error(what), { [marker]: true as const })
}

export function isMalformed(value: unknown): value is Malformed {
  return value instanceof Error && marker in value
}
