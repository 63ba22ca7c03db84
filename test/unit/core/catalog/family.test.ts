import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import { fallbackFamily, identifyModel, runsInCloud } from '../../../../src/core/catalog/family.js'
import { measureProcessorMs } from '../../../fakes/processorTime.js'

interface Row {
  readonly id: string
  readonly family: string | undefined
  readonly version?: string
}

const rows: readonly Row[] = [
  { id: 'claude-sonnet-4-5-20250929', family: 'claude-sonnet-4.5', version: '2025-09-29' },
  { id: 'claude-3-5-sonnet-20241022', family: 'claude-3.5-sonnet', version: '2024-10-22' },
  { id: 'claude-3-haiku-20240307', family: 'claude-3-haiku', version: '2024-03-07' },
  { id: 'claude-opus-5-5', family: 'claude-opus-5.5' },
  { id: 'claude-3-7-sonnet-latest', family: 'claude-3.7-sonnet' },
  { id: 'anthropic/claude-sonnet-4.5', family: 'claude-sonnet-4.5' },
  { id: 'us.anthropic.claude-sonnet-4-20250514-v1:0', family: 'claude-sonnet-4', version: '2025-05-14' },
  { id: 'claude-sonnet-4@20250514', family: 'claude-sonnet-4', version: '2025-05-14' },
  { id: 'gpt-5-2025-08-07', family: 'gpt-5', version: '2025-08-07' },
  { id: 'gpt-5.1-codex-max', family: 'gpt-5.1-codex-max' },
  { id: 'gpt-4-0613', family: 'gpt-4', version: '0613' },
  { id: 'gpt-4-turbo-preview', family: 'gpt-4-turbo' },
  { id: 'ft:gpt-4o-mini-2024-07-18:acme::x', family: 'gpt-4o-mini', version: '2024-07-18' },
  { id: 'o3-mini-2025-01-31', family: 'o3-mini', version: '2025-01-31' },
  { id: 'chatgpt-4o-latest', family: 'chatgpt-4o' },
  { id: 'models/gemini-2.5-pro-preview-05-06', family: 'gemini-2.5-pro', version: '05-06' },
  { id: 'gemini-2.0-flash-001', family: 'gemini-2.0-flash', version: '001' },
  { id: 'openai/gpt-oss-120b', family: 'gpt-oss' },
  { id: 'gpt-oss:20b', family: 'gpt-oss', version: '20b' },
  { id: 'meta-llama/Llama-3.3-70B-Instruct', family: 'llama-3.3' },
  { id: 'llama-3.3-70b-versatile', family: 'llama-3.3' },
  { id: 'llama3.2:3b', family: 'llama3.2', version: '3b' },
  { id: 'qwen3:8b-q4_K_M', family: 'qwen3', version: '8b-q4_k_m' },
  { id: 'Qwen/Qwen3-235B-A22B-Instruct-2507', family: 'qwen3', version: '2507' },
  { id: 'Qwen3-Coder-30B-A3B-Instruct-GGUF', family: 'qwen3-coder' },
  { id: 'unsloth/Qwen2.5-7B-Instruct-bnb-4bit', family: 'qwen2.5' },
  { id: 'deepseek-ai/DeepSeek-V3.1', family: 'deepseek-v3.1' },
  { id: 'zai-org/GLM-4.6-FP8', family: 'glm-4.6' },
  { id: 'my-finetune:latest', family: undefined, version: 'latest' },
  { id: 'nomic-embed-text', family: undefined },
  { id: '', family: undefined },
]

describe('model identity', () => {
  for (const { id, family, version } of rows) {
    it(`reads ${JSON.stringify(id)} as ${family ?? 'no known family'}, ${version ?? 'no revision'}`, () => {
      assert.deepEqual(identifyModel(id, { location: 'cloud' }), { family, version })
    })
  }

  const impostors = [
    'someone/claude-3-opus-distill-llama-8b',
    'acme/gpt-5-clone',
    'acme/gemini-mini',
    'acme/o3-x',
  ]
  for (const id of impostors) {
    it(`does not let ${id} pass for the model whose name it borrows`, () => {
      assert.equal(identifyModel(id, { location: 'cloud' }).family, undefined)
      assert.doesNotMatch(fallbackFamily(id), /^(?:claude|gpt|gemini|o3)/)
    })
  }

  it('gives no file on this machine a family that steers the prompts of chat', () => {
    for (const id of ['claude-mine:8b', 'gpt-5:latest', 'gemini-3']) {
      assert.equal(identifyModel(id, { location: 'local' }).family, undefined, id)
      assert.equal(fallbackFamily(id), 'unknown', id)
    }
  })

  it('knows what a local server passes on to a cloud', () => {
    assert.equal(identifyModel('gemini-3-pro-preview:cloud', { location: 'local' }).family, 'gemini-3-pro')
    assert.ok(runsInCloud('gpt-oss:120b-cloud') && runsInCloud('kimi-k2:cloud') && !runsInCloud('cloudy:7b'))
  })

  it('calls a model that nobody knows by its own name', () => {
    assert.equal(fallbackFamily('acme/Rocket-7B-Instruct-Q4_K_M.gguf'), 'rocket')
  })

  it('is the same for a name with and without its packing', () => {
    const packings = ['', '-GGUF', '-AWQ', '-FP8', '-Q4_K_M', '-q8_0', '-bf16', '-8bit', '-instruct', '-7b']
    fc.assert(
      fc.property(
        fc.constantFrom('qwen3', 'llama-3.3', 'gemma-3'),
        fc.constantFrom(...packings),
        (name, packing) => {
          assert.equal(identifyModel(name + packing, { location: 'local' }).family, name)
        },
      ),
    )
  })

  it('computes no longer than 100 ms for any id, however long', () => {
    const parts = fc.constantFrom('-', '_', '.', 'q4', 'k', '7b', '2025', '09', ':', '/', 'claude', '@', 'x')
    fc.assert(
      fc.property(fc.array(parts, { maxLength: 2_000 }), (words) => {
        const took = measureProcessorMs(() => {
          identifyModel(words.join(''), { location: 'cloud' })
          fallbackFamily(words.join(''))
        })
        assert.ok(took < 100, `${took} ms`)
      }),
    )
  })
})
