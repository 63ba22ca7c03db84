import assert from 'node:assert/strict'
import type { ResponsePart } from '../../src/core/chat.js'
import { useWireServer, type WireServer } from '../fakes/wireServer.js'
import { contextFor, type Held, held, type Outcome, read } from './harness.js'
import { modelOf, requestFor } from './requests.js'

const url = 'https://a.example/x'
const events = (...all: readonly unknown[]): string =>
  all.map((each) => `data: ${typeof each === 'string' ? each : JSON.stringify(each)}\n\n`).join('')
const choice = (delta: object, rest: object = {}) => ({
  choices: [{ index: 0, delta, finish_reason: null, ...rest }],
})
const candidateOf = (rest: object) => ({ candidates: [{ content: { parts: [{ text: 'It is' }] }, ...rest }] })
const message = (delta: object, ...blocks: readonly unknown[]) =>
  events(
    {
      type: 'message_start',
      message: { id: 'm', role: 'assistant', content: [], usage: { input_tokens: 9 } },
    },
    { type: 'content_block_start', index: 0, content_block: { type: 'text', text: 'It is' } },
    ...blocks,
    { type: 'content_block_stop', index: 0 },
    { type: 'message_delta', delta, usage: { output_tokens: 3 } },
    { type: 'message_stop' },
  )
const urlCitation = { type: 'url_citation', url, title: 'A' }

/** The same answer with one source, by provider. */
const cited: Readonly<Record<string, string>> = {
  'openai-compatible': events(
    choice({ content: 'It is' }),
    { ...choice({}, { finish_reason: 'stop' }), citations: [url], search_results: [{ url, title: 'A' }] },
    '[DONE]',
  ),
  openrouter: events(
    choice({ content: 'It is', annotations: [{ type: 'url_citation', url_citation: { url, title: 'A' } }] }),
    choice({}, { finish_reason: 'stop' }),
    '[DONE]',
  ),
  groq: events(
    choice({ content: 'It is' }),
    choice(
      { executed_tools: [{ search_results: { results: [{ url, title: 'A' }] } }] },
      { finish_reason: 'stop' },
    ),
    '[DONE]',
  ),
  openai: events(
    { type: 'response.output_text.delta', output_index: 0, delta: 'It is' },
    { type: 'response.output_text.annotation.added', output_index: 0, annotation: urlCitation },
    {
      type: 'response.output_item.done',
      output_index: 0,
      item: {
        type: 'message',
        content: [{ type: 'output_text', text: 'It is', annotations: [urlCitation] }],
      },
    },
    { type: 'response.completed', response: { status: 'completed' } },
  ),
  anthropic: message(
    { stop_reason: 'end_turn' },
    {
      type: 'content_block_delta',
      index: 0,
      delta: { type: 'citations_delta', citation: { type: 'web_search_result_location', url, title: 'A' } },
    },
  ),
  'google over generateContent': events(
    candidateOf({
      finishReason: 'STOP',
      groundingMetadata: { groundingChunks: [{ web: { uri: url, title: 'A' } }] },
    }),
  ),
  google: events(
    { event_type: 'step.start', index: 0, step: { type: 'model_output' } },
    { event_type: 'step.delta', index: 0, delta: { type: 'text', text: 'It is' } },
    { event_type: 'step.delta', index: 0, delta: { type: 'text_annotation', annotations: [urlCitation] } },
    { event_type: 'interaction.completed', interaction: { status: 'completed' } },
  ),
}

/** Answers that a filter ended, and what the server says of it. */
const filtered: Readonly<Record<string, readonly [string, string]>> = {
  'openai-compatible': [
    events(
      choice({ content: 'It is' }),
      choice(
        {},
        {
          finish_reason: 'content_filter',
          content_filter_results: {
            hate: { filtered: false, severity: 'safe' },
            self_harm: { filtered: true, severity: 'high' },
          },
        },
      ),
      '[DONE]',
    ),
    'self harm (high)',
  ],
  anthropic: [
    message({
      stop_reason: 'refusal',
      stop_details: { type: 'refusal', category: 'bio', explanation: null },
    }),
    'bio',
  ],
  'google over generateContent': [
    events(candidateOf({ finishReason: 'SAFETY', finishMessage: 'It speaks of harm.' })),
    'It speaks of harm.',
  ],
}

describe('beside its text, an answer', () => {
  const server: WireServer = useWireServer()
  const ask = (name: string, body: string): Promise<Outcome> => read(chat(name, server, body))

  for (const [name, body] of Object.entries(cited)) {
    it(`${name}: an answer’s sources come once, behind its text`, async () => {
      const { parts, error } = await ask(name, body)
      assert.equal(error, undefined)
      const kinds = parts.map(({ type }) => type).filter((type) => type !== 'usage')
      assert.deepEqual(kinds.slice(-3), ['text', 'sources', 'finish'].slice(-kinds.length))
      assert.deepEqual(
        parts.filter(({ type }) => type === 'sources'),
        [{ type: 'sources', sources: [{ url, title: 'A' }] }],
      )
    })
  }

  for (const [what, citation] of [
    ['a text', { type: 'char_location', document_index: 0, document_title: 'Handbook', cited_text: 'x' }],
    ['a PDF', { type: 'page_location', document_index: 0, document_title: 'Handbook', start_page_number: 1 }],
    ['blocks', { type: 'content_block_location', document_index: 0, document_title: 'Handbook' }],
    ['a search result', { type: 'search_result_location', source: 'shelf 7', title: 'Handbook' }],
  ] as const) {
    it(`anthropic: ${what} that an answer cites without an address is a source by its title, once`, async () => {
      const cite = { type: 'content_block_delta', index: 0, delta: { type: 'citations_delta', citation } }
      const untitled = { ...cite.delta, citation: { type: 'char_location', document_title: null } }
      const body = message({ stop_reason: 'end_turn' }, cite, cite, { ...cite, delta: untitled })
      const { parts, error } = await ask('anthropic', body)
      assert.equal(error, undefined)
      assert.deepEqual(
        parts.filter(({ type }) => type === 'sources'),
        [{ type: 'sources', sources: [{ title: 'Handbook' }] }],
      )
    })
  }

  it('openai: a file that an answer cites is a source by its name', async () => {
    const annotation = { type: 'file_citation', file_id: 'file-1', filename: 'Handbook.pdf', index: 3 }
    const body = events(
      { type: 'response.output_text.delta', output_index: 0, delta: 'It is' },
      { type: 'response.output_text.annotation.added', output_index: 0, annotation },
      { type: 'response.completed', response: { status: 'completed' } },
    )
    const { parts } = await ask('openai', body)
    assert.deepEqual(
      parts.filter(({ type }) => type === 'sources'),
      [{ type: 'sources', sources: [{ title: 'Handbook.pdf' }] }],
    )
  })

  for (const [name, [body, detail]] of Object.entries(filtered)) {
    it(`${name}: an answer that was filtered says why`, async () => {
      const { parts } = await ask(name, body)
      const finish = parts.at(-1)
      assert.deepEqual(finish?.type === 'finish' && finish.detail, detail)
    })
  }

  it('a filtered answer with nothing in it says why in its error, without the key', async () => {
    const said = 'It speaks of harm, sk-canary-3f9c1b7e5d2a4860.'
    const body = events({ candidates: [{ finishReason: 'SAFETY', finishMessage: said }] })
    const { error } = await ask('google over generateContent', body)
    assert.equal(error?.code, 'content-filtered')
    assert.match(error?.message ?? '', /content rules: It speaks of harm/)
  })

  it('google over generateContent: a failed call is named in Google’s own words', async () => {
    const body = events(
      candidateOf({ finishReason: 'MALFORMED_FUNCTION_CALL', finishMessage: 'Missing bracket.' }),
    )
    const { error } = await ask('google over generateContent', body)
    assert.deepEqual([error?.code, error?.retryable], ['provider-error', true])
    assert.match(error?.message ?? '', /Missing bracket/)
  })

  it('google over generateContent: a blocked prompt says why', async () => {
    const promptFeedback = { blockReason: 'SAFETY', blockReasonMessage: 'It asks for harm.' }
    const { error } = await ask('google over generateContent', events({ promptFeedback }))
    assert.equal(error?.code, 'content-filtered')
    assert.match(error?.message ?? '', /the prompt was blocked \(safety: It asks for harm/)
  })

  it('openai-compatible: pictures beside the text are parts of the answer, and none is fetched', async () => {
    const png = 'iVBORw0KGgo='
    const image = (address: string) => ({ type: 'image_url', image_url: { url: address } })
    const body = events(
      choice({ content: 'Look:', images: [image(`data:image/png;base64,${png}`)] }),
      choice({ images: [image('https://a.example/cat(1).png'), image('data:text/html;base64,PGI+')] }),
      choice({}, { finish_reason: 'stop' }),
      '[DONE]',
    )
    const { parts, text } = await ask('openai-compatible', body)
    assert.deepEqual(
      parts.filter(({ type }) => type === 'data'),
      [{ type: 'data', mimeType: 'image/png', data: Uint8Array.from(Buffer.from(png, 'base64')) }],
    )
    assert.match(text, /\[Image\]\(https:\/\/a\.example\/cat%281%29\.png\)/)
  })
})

function chat(name: string, server: WireServer, body: string): AsyncIterable<ResponsePart> {
  const candidate: Held | undefined = held.find((each) => each.name === name)
  assert.ok(candidate !== undefined, name)
  server.answer({ headers: { 'content-type': 'text/event-stream' }, body })
  const request = requestFor('text', modelOf(candidate.fixtures, candidate.provider))
  return candidate.provider.chat(request, contextFor(candidate, server))
}
