import assert from 'node:assert/strict'
import type { Source } from '../../../../src/core/chat.js'
import { addChatSources, createSourceList } from '../../../../src/providers/shared/sources.js'

const a = 'https://a.example/x'
const b = 'https://b.example/y'

function sourcesOf(...places: readonly unknown[]): readonly Source[] {
  const list = createSourceList()
  for (const place of places) addChatSources(list, place)
  return list.parts()[0]?.sources ?? []
}

describe('the sources of an answer', () => {
  const places: Readonly<Record<string, unknown>> = {
    'Perplexity’s citations and search results': {
      citations: [a, b],
      search_results: [
        { title: 'A', url: a, date: '2026-01-01' },
        { title: 'B', url: b },
      ],
    },
    'OpenRouter’s annotations': {
      annotations: [
        { type: 'url_citation', url_citation: { url: a, title: 'A', start_index: 0 } },
        { type: 'url_citation', url_citation: { url: b, title: 'B' } },
      ],
    },
    'Groq’s executed tools': {
      executed_tools: [
        { type: 'search', search_results: { results: [{ title: 'A', url: a, score: 1 }] } },
        { type: 'search', search_results: [{ title: 'B', url: b }] },
      ],
    },
    'Azure’s context': {
      context: {
        citations: [
          { title: 'A', url: a },
          { title: 'B', url: b },
        ],
      },
    },
    'a gateway’s own members': {
      provider_specific_fields: {
        citations: [
          { title: 'A', url: a },
          { title: 'B', url: b },
        ],
      },
    },
    'Zhipu’s web search': {
      web_search: [
        { title: 'A', link: a },
        { title: 'B', link: b },
      ],
    },
  }
  for (const [what, place] of Object.entries(places)) {
    it(`are read from ${what}, once each and in their order`, () => {
      const expected = [
        { url: a, title: 'A' },
        { url: b, title: 'B' },
      ]
      assert.deepEqual(sourcesOf(place, place), expected)
    })
  }

  it('are web addresses alone, with titles on one line and without signs that steer text', () => {
    const list = createSourceList()
    list.add([
      'javascript:alert(1)',
      'command:workbench.action.quit',
      'file:///etc/passwd',
      'https://user:secret@a.example/',
      'not an address',
      `https://a.example/${'x'.repeat(3_000)}`,
      { url: 7 },
      null,
      { uri: a, title: ' A\n\u202Eevil\u0007 ' },
    ])
    assert.deepEqual(list.parts(), [{ type: 'sources', sources: [{ url: a, title: 'A evil' }] }])
  })

  it('are known by their titles where they are not on the web', () => {
    const list = createSourceList()
    list.add([
      { title: 'Handbook' },
      { retrievedContext: { uri: 'gs://shelf/7', title: 'Shelf 7' } },
      { title: 'Handbook', text: 'again' },
      { url: a },
      { url: a, title: 'A' },
      { title: ' ' },
    ])
    assert.deepEqual(list.parts()[0]?.sources, [
      { title: 'Handbook' },
      { title: 'Shelf 7' },
      { url: a, title: 'A' },
    ])
  })

  it('are a hundred at most, and no part where there are none', () => {
    const list = createSourceList()
    assert.deepEqual(list.parts(), [])
    list.add(Array.from({ length: 5_000 }, (_, index) => `https://a.example/${index}`))
    assert.equal(list.parts()[0]?.sources.length, 100)
  })
})
