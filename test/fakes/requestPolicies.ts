import { defaultCacheSettings } from '../../src/core/cache/policy.js'
import type { RequestPolicies } from '../../src/core/requestPolicies.js'
import type { RouteSetting } from '../../src/core/routing/routes.js'
import { createRouteTable } from '../../src/core/routing/routeTable.js'

const noRoutes: readonly RouteSetting[] = []

/** What a user wants who has set nothing that acts by itself: no budgets, alerts, checks, export or kept texts. */
export function createRequestPolicies(wishes: Partial<RequestPolicies> = {}): RequestPolicies {
  return {
    isLocalOnly: () => false,
    sameModelElsewhere: () => false,
    budgets: () => [],
    alertRules: () => [],
    retentionDays: () => 400,
    keepsTexts: () => false,
    textDays: () => 30,
    healthCheckMs: () => 0,
    otlp: () => ({ endpoint: '', traces: false, metrics: false }),
    onDidChangeOtlp: () => ({ dispose: () => {} }),
    cache: () => defaultCacheSettings,
    routes: createRouteTable({ routes: () => noRoutes, weights: () => 'balanced' }),
    ...wishes,
  }
}
