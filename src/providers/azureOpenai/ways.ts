import { effortOf, refusedByReasoning } from '../openai/reasoning.js'
import { type Place, type RowWays, standardWire } from '../shared/chatWire/wire.js'
import { textField } from '../shared/fields.js'

const undated = /^(v1|preview|latest)$/

/**
 * The portal shows addresses of several forms: of the resource, of its v1 API, and of one deployment with a version as
 * its query. Each of them will do as a base URL.
 */
function urlOf(path: string, { baseUrl, connection, model }: Place): string {
  const { origin, pathname, searchParams } = new URL(baseUrl)
  const root = `${origin}${pathname.replace(/(\/openai(\/.*)?)?\/*$/, '')}/openai`
  const version = textField({ connection }, 'apiVersion') ?? searchParams.get('api-version') ?? undefined
  const query = version === undefined ? '' : `?api-version=${encodeURIComponent(version)}`
  if (version === undefined || undated.test(version)) return `${root}/v1/${path}${query}`
  const deployment = model === undefined ? '' : `deployments/${encodeURIComponent(model)}/`
  return `${root}/${deployment}${path}${query}`
}

export const ways: RowWays = {
  wire: {
    parameters: { ...standardWire.parameters, maxOutputTokens: 'max_completion_tokens' },
    effortOf,
    refuses: refusedByReasoning,
    urlOf,
    pdf: 'tried',
  },
  // Its list is of what could be deployed.
  refineModel: () => undefined,
}
