import { booleanAt, numberAt, recordAt } from './json.js'

/** xAI counts money in ten-billionths of a USD. */
const ticksPerUsd = 1e10

/** Where servers put the USD of a whole request beside its tokens, the surest first. */
function readCost(usage: unknown): number | undefined {
  return (
    numberAt(usage, 'cost') ??
    numberAt(recordAt(usage, 'cost'), 'total_cost') ??
    numberAt(usage, 'total_cost') ??
    numberAt(usage, 'estimated_cost')
  )
}

/**
 * USD that a server says it has billed for a request, out of its usage object; undefined where it says nothing. A zero
 * counts only where the server shows how it came to it: others write one that means nothing. With a key of the user's
 * own behind a gateway, what the maker asks comes on top of the gateway's fee.
 */
export function readBilledUsd(usage: unknown): number | undefined {
  const ticks = numberAt(usage, 'cost_in_usd_ticks')
  if (ticks !== undefined) return ticks / ticksPerUsd
  const cost = readCost(usage)
  if (cost === undefined) return undefined
  const upstream = numberAt(recordAt(usage, 'cost_details'), 'upstream_inference_cost')
  const ownKey = booleanAt(usage, 'is_byok')
  if (ownKey === true && upstream !== undefined) return cost + upstream
  if (cost !== 0) return cost
  if (upstream !== undefined && upstream > 0 && ownKey !== false) return upstream
  return ownKey === false ? 0 : undefined
}
