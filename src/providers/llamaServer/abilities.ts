import type { Capabilities } from '../../core/model.js'
import type { Asking } from '../shared/chatWire/wire.js'

interface Probe {
  readonly capability: 'embedding' | 'reranking'
  /** Below the base URL. */
  readonly path: string
}

/**
 * Nothing that a server tells says whether it embeds or ranks: it was started for it, or it refuses. A request without
 * anything to work on is refused before any work, and the refusal says which.
 */
const probes: readonly Probe[] = [
  { capability: 'reranking', path: 'rerank' },
  { capability: 'embedding', path: 'embeddings' },
]

const notStartedForIt = 501

interface Refusal {
  readonly status: number
  readonly message: RegExp
  readonly can: boolean
}

const refusals: readonly Refusal[] = [
  { status: notStartedForIt, message: /./, can: false },
  { status: 400, message: /must be provided/i, can: true },
  // Without pooling there is a vector for each token, which the API has no place for.
  { status: 400, message: /pooling type/i, can: false },
]

/**
 * What a loaded model that is awake can do besides chat; what it does not tell is absent. To be asked of no other model: a
 * question would wake or load it. Throws ModelError `cancelled` alone.
 */
export async function probeAbilities(model: string, asking: Asking): Promise<Capabilities> {
  const answers = await Promise.all(
    probes.map(async ({ capability, path }) => [capability, await ask(path, model, asking)] as const),
  )
  const found = new Map(answers)
  const reranking = found.get('reranking')
  // A server that ranks takes texts to embed, too, and gives their scores.
  const embedding = reranking === true ? false : found.get('embedding')
  return {
    ...(reranking === undefined ? {} : { reranking }),
    ...(embedding === undefined ? {} : { embedding }),
  }
}

async function ask(path: string, model: string, { transport }: Asking): Promise<boolean | undefined> {
  try {
    await transport.json(`${transport.baseUrl}/${path}?autoload=false`, { model })
    return undefined
  } catch (thrown) {
    const error = transport.error(thrown)
    if (error.code === 'cancelled') throw error
    return refusals.find(({ status, message }) => error.status === status && message.test(error.message))?.can
  }
}
