import { createHealthRecords } from '../../src/core/registry/healthRecords.js'
import { createTokenCounter } from '../../src/core/tokens/estimate.js'
import { createPipeline } from '../../src/pipeline/createPipeline.js'
import type { Pipeline, PipelineOptions } from '../../src/pipeline/pipeline.js'
import { createRequestPolicies } from './requestPolicies.js'

type Given = 'folder' | 'registry' | 'credentials' | 'ports'

/** The product's own way of a request, for a user who has set nothing and whom nobody tells anything. */
export function openPipeline(
  options: Pick<PipelineOptions, Given> & Partial<PipelineOptions>,
): Promise<Pipeline> {
  return createPipeline({
    version: '0.0.0',
    tokens: createTokenCounter(),
    defaults: () => ({}),
    policies: createRequestPolicies(),
    healthRecords: createHealthRecords(),
    tests: { onDidRefuseKey: () => ({ dispose: () => {} }) },
    audited: [],
    redact: (text) => text,
    inUse: () => false,
    refreshKey: async () => false,
    onBudgetWarning: () => {},
    onAlert: () => {},
    ...options,
  })
}
