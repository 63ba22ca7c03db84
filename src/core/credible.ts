/** Tokens: no request, window or limit is larger, so what says so is mistaken. */
export const mostTokens = 1e12

/** USD per million tokens: the dearest model costs a hundredth. */
export const mostUsdPerMillion = 1e5

/** A count of tokens that may be: finite, not negative, and within what any model can do. */
export function isCredibleCount(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value <= mostTokens
}

/** USD per million tokens. */
export function isCrediblePrice(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value <= mostUsdPerMillion
}
