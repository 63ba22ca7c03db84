import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createPriceSnapshot, priceSnapshotVersion } from '../../../src/platform/prices.js'
import { createManualClock } from '../../fakes/manualClock.js'
import { createMemoryLog } from '../../fakes/memoryStores.js'

async function load() {
  const log = createMemoryLog()
  const prices = createPriceSnapshot({ clock: createManualClock(Date.UTC(2026, 10, 20)), log })
  await Promise.all([prices.load({ provider: 'openai' }), prices.load({ provider: 'openai' })])
  return { prices, log }
}

describe('price snapshot', () => {
  it('knows nothing before it is loaded', () => {
    const prices = createPriceSnapshot({ clock: createManualClock(), log: createMemoryLog() })
    assert.equal(prices.lookup({ provider: 'openai' }, 'gpt-5'), undefined)
  })

  it('gives prices per million tokens, those of the cache too, and the context window', async () => {
    const { prices } = await load()
    assert.deepEqual(prices.lookup({ provider: 'openai' }, 'gpt-5'), {
      source: 'snapshot',
      facts: { contextWindow: 400_000, pricing: { input: 1.25, output: 10, cacheRead: 0.125 } },
    })
    assert.deepEqual(prices.lookup({ provider: 'anthropic' }, 'claude-sonnet-4-5-20250929'), {
      source: 'snapshot',
      facts: {
        contextWindow: 200_000,
        pricing: {
          input: 3,
          output: 15,
          cacheRead: 0.3,
          cacheWrite: 3.75,
          tiers: [{ aboveInputTokens: 200_000, input: 6, output: 22.5, cacheRead: 0.6, cacheWrite: 7.5 }],
        },
      },
    })
  })

  it('gives the prices of long inputs as tiers', async () => {
    const { prices } = await load()
    assert.deepEqual(prices.lookup({ provider: 'google' }, 'gemini-2.5-pro')?.facts.pricing, {
      input: 1.25,
      output: 10,
      cacheRead: 0.125,
      tiers: [{ aboveInputTokens: 200_000, input: 2.5, output: 15, cacheRead: 0.25 }],
    })
  })

  it('knows models of every provider that it has a row for', async () => {
    const { prices } = await load()
    const known = [
      ['google', 'gemini-2.5-pro'],
      ['groq', 'llama-3.3-70b-versatile'],
      ['together', 'meta-llama/Llama-3.3-70B-Instruct-Turbo'],
      ['mistral', 'mistral-small-latest'],
      ['deepseek', 'deepseek-chat'],
      ['xai', 'grok-4-0709'],
      ['openrouter', 'anthropic/claude-sonnet-4'],
      ['fireworks', 'accounts/fireworks/models/deepseek-v3p2'],
      ['cerebras', 'gpt-oss-120b'],
      ['azure-openai', 'gpt-4o'],
    ] as const
    for (const [provider, model] of known) {
      assert.ok((prices.lookup({ provider }, model)?.facts.pricing?.input ?? 0) > 0, `${provider} ${model}`)
    }
  })

  it('states no price for a model that it does not know', async () => {
    const { prices } = await load()
    for (const model of ['gpt-99', 'gpt-5-something-else', '', 'my-finetune']) {
      assert.equal(prices.lookup({ provider: 'openai' }, model), undefined, model)
    }
  })

  it('states none for providers without a price of their own', async () => {
    const { prices } = await load()
    for (const provider of ['ollama', 'vllm', 'llamacpp', 'huggingface', 'openai-compatible']) {
      assert.equal(prices.lookup({ provider }, 'gpt-5'), undefined, provider)
    }
  })

  it('goes by the address where a connection leads elsewhere, and knows nothing of an unknown one', async () => {
    const { prices } = await load()
    assert.ok(
      prices.lookup(
        { provider: 'openai-compatible', baseUrl: 'https://api.deepseek.com/v1' },
        'deepseek-chat',
      ),
    )
    const resource = 'https://ours.openai.azure.com'
    assert.ok(prices.lookup({ provider: 'azure-openai', baseUrl: resource }, 'gpt-4o'))
    for (const url of [
      'http://localhost:8000/v1',
      'https://proxy.test/v1',
      'https://evil.test/?https://api.openai.com',
    ]) {
      assert.equal(prices.lookup({ provider: 'openai', baseUrl: url }, 'gpt-5'), undefined, url)
    }
  })

  it('carries the version of the package whose data it holds', () => {
    const manifest: { version?: unknown } = JSON.parse(
      readFileSync(
        new URL('../../../node_modules/@pydantic/genai-prices/package.json', import.meta.url),
        'utf8',
      ),
    )
    assert.equal(priceSnapshotVersion, `genai-prices@${String(manifest.version)}`)
  })
})
