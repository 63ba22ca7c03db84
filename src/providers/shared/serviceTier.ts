/** What servers call the tier that their prices are for. */
const usualTiers = new Set(['default', 'standard', 'standard_only', 'auto', 'on_demand', 'scale', ''])

/** The tier that an answer was made at, by the server's own word; undefined for the usual one. */
export function readServiceTier(tier: unknown): string | undefined {
  if (typeof tier !== 'string') return undefined
  const name = tier.toLowerCase()
  return usualTiers.has(name) ? undefined : name.slice(0, 40)
}
