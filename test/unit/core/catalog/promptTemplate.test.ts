import assert from 'node:assert/strict'
import { readTemplate } from '../../../../src/core/catalog/promptTemplate.js'

const loop = (line: string): string => `{% for message in messages %}${line}{% endfor %}`
const gemma2 =
  "{% if messages[0]['role'] == 'system' %}{{ raise_exception('System role not supported') }}{% endif %}" +
  loop("{{ '<start_of_turn>' + message['role'] + '\\n' }}")

describe('a prompt template', () => {
  for (const [name, template] of [
    ['ChatML', loop("{{ '<|im_start|>' + message.role }} system")],
    ['Llama 3', loop("{{ '<|start_header_id|>' + message.role }} system")],
    ['Gemma', gemma2],
    ['Harmony', "<|start|>system<|message|>{{ '<|channel|>final' }}"],
    ['Mistral', '[INST] {{ system }} {{ .Prompt }} [/INST]'],
    ['Phi', '<|system|>{{ .System }}<|end|><|user|>{{ .Prompt }}<|end|>'],
    [undefined, 'Human: {{ .Prompt }}'],
  ] as const) {
    it(`is known as ${name ?? 'none, where it is the model’s own'}`, () =>
      assert.equal(readTemplate(template)?.name, name))
  }

  it('that raises an error for a system message has no system role', () => {
    assert.equal(readTemplate(gemma2)?.systemRole, false)
  })

  it('that writes out each message’s own role has a place for all of them', () => {
    assert.equal(readTemplate(loop("{{ '<|im_start|>' + message.role }}"))?.systemRole, undefined)
    assert.equal(readTemplate('<|im_start|>{{ .Role }} {{ .Prompt }}')?.systemRole, undefined)
  })

  it('of Ollama that never speaks of a system message would drop it', () => {
    assert.equal(readTemplate('[INST] {{ .Prompt }} [/INST]')?.systemRole, false)
    assert.equal(readTemplate('[INST] {{ .System }} {{ .Prompt }} [/INST]')?.systemRole, undefined)
  })

  it('of no known format says nothing of roles, for another program may write it', () => {
    assert.equal(readTemplate('{{ .Prompt }}')?.systemRole, undefined)
  })

  it('is none where there is no text', () => {
    for (const nothing of [undefined, null, 7, '', '  ']) assert.equal(readTemplate(nothing), undefined)
  })
})
