import assert from 'node:assert/strict'
import { ModelError } from '../../../../src/core/errors.js'
import { connectionTooltip, modelTooltip } from '../../../../src/vscode/views/modelTooltip.js'
import { createConnection } from '../../../fakes/scriptedProvider.js'
import { cloudProvider, createModel, createView, now } from './samples.js'

const known = createModel({
  name: 'Large',
  contextWindow: 200_000,
  maxOutputTokens: 64_000,
  capabilities: { toolCalling: true, imageInput: false },
  pricing: { input: 3, output: 15, cacheRead: 0.3 },
  sources: {
    contextWindow: 'provider',
    toolCalling: 'user',
    imageInput: 'catalog',
    'pricing.input': 'snapshot',
  },
})

describe('a model’s tooltip', () => {
  it('says each fact and where it comes from', () => {
    const text = modelTooltip(known, createView(), now)
    assert.match(text, /Context: \*\*200,000 tokens\*\* \(the provider\)/)
    assert.match(text, /Abilities: \*\*tools, no images\*\* \(your settings, the catalogue\)/)
    assert.match(text, /Input price: \*\*\\\$3 per million tokens\*\* \(the built\\?-in price list\)/)
    assert.match(text, /Cache read price: \*\*\\\$0\\\.30/)
    assert.match(text, /ready, listed /)
  })

  it('says of what it does not know that it is unknown, price included', () => {
    const text = modelTooltip(createModel(), createView(), now)
    for (const label of ['Context', 'Output', 'Abilities', 'Price'])
      assert.match(text, new RegExp(`${label}: \\*\\*unknown\\*\\*`))
  })

  it('says what a model takes and makes, its efforts, its date and its price for long inputs', () => {
    const text = modelTooltip(
      createModel({
        inputModalities: ['text', 'pdf'],
        outputModalities: ['text'],
        reasoningEfforts: ['low', 'high'],
        releasedAt: '2026-08',
        pricing: { input: 1, output: 2, tiers: [{ aboveInputTokens: 200_000, input: 2, output: 4 }] },
        sources: { inputModalities: 'catalog', 'pricing.tiers': 'catalog' },
      }),
      createView(),
      now,
    )
    assert.match(text, /Takes: \*\*text, pdf\*\* \(the catalogue\)/)
    assert.match(text, /Makes: \*\*text\*\*/)
    assert.match(text, /Reasoning efforts: \*\*low, high\*\*/)
    assert.match(text, /Released: \*\*2026\\-08\*\*/)
    assert.match(
      text,
      /Long inputs: \*\*\\\$2 in, \\\$4 out above 200,000 input tokens\*\* \(the catalogue\)/,
    )
  })

  it('says why a server could not load it', () => {
    const broken = createModel({ loadFailure: 'its process ended with exit code 1' })
    assert.match(
      modelTooltip(broken, createView(), now),
      /^Failed to load.: its process ended with exit code 1\\. See the server’s log/m,
    )
    assert.doesNotMatch(modelTooltip(createModel(), createView(), now), /Failed/)
  })

  it('does not let a name from a server become a link or an image', () => {
    const text = modelTooltip(
      createModel({ name: '[click](command:evil) ![x](http://x)', id: 'a`b' }),
      createView(),
      now,
    )
    assert.doesNotMatch(text, /(?<!\\)\]\(/)
    assert.match(text, /work\/a\\`b/)
  })
})

describe('a connection’s tooltip', () => {
  it('says state, address, where the key is and how old the list is', () => {
    const text = connectionTooltip(createView({ connection: createConnection({ name: 'Work' }) }), now)
    assert.match(text, /\*\*Work\*\* \(Cloudy\)/)
    assert.match(text, /Address: https\\:\/\/api\\\.scripted\\\.test\/v1/)
    assert.match(text, /Key stored on this machine/)
    assert.match(text, /0 models, listed /)
  })

  it('says how the last test went', () => {
    const test = { at: now, outcome: { latencyMs: 120, modelCount: 40, key: 'proven' } } as const
    assert.match(connectionTooltip(createView({ test }), now), /Tested .*answered in 120 ms with 40 models/)
  })

  it('says when it was last checked, and how it answered', () => {
    const minute = 60_000
    const answered = { at: now + 3 * minute, latencyMs: 39.6 }
    assert.match(
      connectionTooltip(createView(), now + 10 * minute, answered),
      /Checked 12\\:03.*: answered in 40 ms/,
    )
    const error = new ModelError({ code: 'unreachable', message: 'Nobody is there.' })
    assert.match(
      connectionTooltip(createView(), now, { at: now, latencyMs: 9, error }),
      /Checked 12\\:00.*: Nobody is there/,
    )
  })

  it('says what the maker keeps, without a link', () => {
    const dataRetention = { note: 'Nothing is kept.', url: 'https://cloudy.test/data' }
    const text = connectionTooltip(createView({ provider: { ...cloudProvider, dataRetention } }), now)
    assert.match(text, /What it keeps: Nothing is kept\\\. https\\:\/\/cloudy\\\.test\/data/)
  })

  it('names the provider only where the connection’s name does not', () => {
    const view = createView({ connection: createConnection({ name: 'Cloudy' }) })
    assert.match(connectionTooltip(view, now), /^\*\*Cloudy\*\*$/m)
    assert.match(modelTooltip(createModel(), view, now), /^\*\*large\*\* through Cloudy$/m)
  })

  it('shows an address without user and password', () => {
    const connection = createConnection({ baseUrl: 'http://me:hidden@gpu.lan:8000/v1' })
    const text = connectionTooltip(createView({ connection }), now)
    assert.match(text, /Address: http\\:\/\/gpu/)
    assert.doesNotMatch(text, /hidden|me\\:/)
  })

  it('shows the default address at which a server was found, and only for a connection that has the default', () => {
    const provider = { ...cloudProvider, heldBaseUrl: () => 'http://127.0.0.1:8080/v1' }
    const connection = createConnection({ baseUrl: cloudProvider.baseUrl ?? '' })
    const text = connectionTooltip(createView({ provider, connection }), now)
    assert.match(
      text,
      /Address: http\\:\/\/127\\\.0\\\.0\\\.1\\:8080\/v1, found there instead of https\\:\/\/api\\\.scripted\\\.test\/v1/,
    )
    const own = createConnection({ baseUrl: 'http://gpu.lan/v1' })
    assert.match(
      connectionTooltip(createView({ provider, connection: own }), now),
      /Address: http\\:\/\/gpu\\\.lan\/v1$/m,
    )
  })

  it('says that the models were never listed', () => {
    assert.match(connectionTooltip(createView({ listedAt: undefined }), now), /never listed/)
  })
})
