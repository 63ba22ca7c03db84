import assert from 'node:assert/strict'
import { ask, collect, never, textOf, useModelFolder, useTestEngine } from './support.js'

/** With what stands behind a role: a line end makes it ChatML, which is known as a family that does not think. */
const templateWith = (behind: string): string =>
  `{% for message in messages %}{{ '<|im_start|>' + message['role'] + '${behind}' }}` +
  "{% if message['reasoning_content'] %}{{ '<think>' + message['reasoning_content'] + '</think>' }}{% endif %}" +
  "{{ message['content'] + '<|im_end|>' + '\\n' }}{% endfor %}" +
  `{% if add_generation_prompt %}{{ '<|im_start|>assistant${behind}' }}{% endif %}`

const reply = ['<think>', 'Let me', ' see', '</think>', 'It is', ' fine.']

describe('the format of a conversation', () => {
  const engine = useTestEngine()
  const folder = useModelFolder()

  const assertThought = async (name: string, behind: string): Promise<void> => {
    const template = templateWith(behind)
    const file = await folder.write(name, { kind: 'script', reply, template })
    assert.equal((await engine.inspect(file, never)).capabilities?.reasoning, true)
    const parts = await collect(engine.chat(ask(file, 'How is it?'), never))
    const thought = parts.map((part) => (part.type === 'reasoning' ? part.text : '')).join('')
    assert.deepEqual([thought, textOf(parts)], ['Let me see', 'It is fine.'])
    const usage = parts.find((part) => part.type === 'usage')?.usage
    assert.ok(usage !== undefined && usage.reasoningOutputTokens >= 2)
    assert.ok(usage.reasoningOutputTokens < usage.outputTokens)
  }

  it('tells a thought from the answer, and counts it', async () => {
    await assertThought('own.gguf', ':')
  })

  it('does so by the file’s template, too, where the family it belongs to knows of no thoughts', async () => {
    await assertThought('family.gguf', '\\n')
  })

  it('says nothing of thoughts where the template does not', async () => {
    const file = await folder.write('thoughtless.gguf', { kind: 'script', reply: 'Fine.' })
    assert.equal((await engine.inspect(file, never)).capabilities?.reasoning, undefined)
  })

  it('is the family’s where the file’s own template cannot be read', async () => {
    const template = "{% for message in messages %}<think>{{ nothing('at all' }}"
    const file = await folder.write('unreadable.gguf', {
      kind: 'script',
      reply: 'Fine all the same.',
      template,
    })
    assert.equal(textOf(await collect(engine.chat(ask(file, 'How is it?'), never))), 'Fine all the same.')
  })
})
