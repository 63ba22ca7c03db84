import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { defaultCacheSettings } from '../../../../src/core/cache/policy.js'
import { createEmitter } from '../../../../src/core/event.js'
import { type Budget, budgetDefaults } from '../../../../src/core/usage/budget.js'
import type { Pipeline } from '../../../../src/pipeline/pipeline.js'
import { createCommandHandlers } from '../../../../src/vscode/commands/handlers.js'
import type { CommandId } from '../../../../src/vscode/commands/table.js'
import { settle } from '../../../fakes/manualClock.js'
import { openPipeline } from '../../../fakes/pipelines.js'
import { createRequestPolicies } from '../../../fakes/requestPolicies.js'
import { createConnection, createProviderPorts } from '../../../fakes/scriptedProvider.js'
import { createBench } from './bench.js'
import type { Move } from './scriptedUi.js'

const cloud = createConnection({
  id: 'cloud',
  name: 'Cloudy',
  provider: 'cloud',
  models: {
    small: { pricing: { input: 1, output: 10 } },
    large: { pricing: { input: 20, output: 100 } },
  },
})
const monthly: Budget = { ...budgetDefaults, id: 'm', name: 'My Month', limit: 5, timeZone: 'UTC' }

const policies = createRequestPolicies({
  cache: () => ({ ...defaultCacheSettings, completions: true, sampled: true, store: 'memory' }),
})

const answer = [
  { type: 'text', text: 'Hello.' },
  {
    type: 'usage',
    usage: {
      inputTokens: 1_000,
      outputTokens: 100,
      cacheReadInputTokens: 0,
      cacheWriteInputTokens: 0,
      reasoningOutputTokens: 0,
      accuracy: 'exact',
    },
  },
  { type: 'finish', reason: 'stop' },
] as const

const closers: (() => Promise<void> | void)[] = []

/** To be called in a suite: what its tests have opened is closed after each. */
export function closePipelines(): void {
  afterEach(async () => {
    for (const close of closers.splice(0).toReversed()) await close()
  })
}

async function createFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'roundhouse-commands-'))
  closers.push(() => rm(folder, { recursive: true, force: true }))
  return folder
}

/** The commands over the real way of a request, with a real database. Closed by `closePipelines`. */
export async function openPipelineBench(...moves: Move[]) {
  const folder = await createFolder()
  const kept = { isOn: false }
  const budgets: Budget[] = [monthly]
  const collector = { endpoint: '' }
  const collectorChanged = createEmitter<void>()
  let pipeline: Pipeline | undefined
  const loadPipeline = async () => pipeline ?? assert.fail('the pipeline is not there yet')
  const bench = createBench({ connections: [cloud], moves, loadPipeline })
  const { registry, credentials, clock } = bench
  await credentials.store(cloud, 'good-key-1')
  await registry.start()
  await registry.refresh()
  pipeline = await openPipeline({
    folder,
    registry,
    credentials,
    ports: { ...createProviderPorts(clock), fetch },
    policies: {
      ...policies,
      budgets: () => budgets,
      keepsTexts: () => kept.isOn,
      otlp: () => ({ ...collector, traces: true, metrics: true }),
      onDidChangeOtlp: collectorChanged.event,
    },
    healthRecords: bench.healthRecords,
    redact: (text) => text.replaceAll('good-key-1', '[redacted]'),
    inUse: () => true,
  })
  const opened = pipeline
  closers.push(() => opened.dispose())
  bench.scripted.answerChats([...answer])
  const ask = async (text: string, id = 'small', connection = 'cloud') => {
    const request = {
      model: { connection, id },
      messages: [{ role: 'user', content: [{ type: 'text', text }] }],
      caller: { door: 'languageModel', extension: 'acme.helper', workspace: 'project', branch: 'main' },
    } as const
    for await (const part of opened.chat(request, new AbortController().signal)) assert.ok(part)
    opened.ledger.flush()
    await settle()
  }
  const run = async (command: CommandId, argument?: string) => {
    await createCommandHandlers(bench.services)[command](argument)
    bench.ui.assertDone()
    return bench.shown.at(-1)?.text ?? ''
  }
  const exportTo = (endpoint: string): void => {
    collector.endpoint = endpoint
    collectorChanged.fire()
  }
  return { ...bench, ask, run, kept, budgets, exportTo, pipeline: opened }
}
