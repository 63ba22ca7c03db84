import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import { createModelFilter, matchesPattern } from '../../../../src/core/registry/patterns.js'
import { measureProcessorMs } from '../../../fakes/processorTime.js'

const letters = fc.constantFrom('a', 'b', '.', '*', '?', '(', '-', '/')
const words = fc.array(letters, { maxLength: 12 }).map((parts) => parts.join(''))
const plainWords = words.map((word) => word.replaceAll('*', 'x'))

function byRegularExpression(pattern: string, text: string): boolean {
  const source = pattern.split('*').map((part) => part.replaceAll(/[.*+?^${}()|[\]\\/-]/g, String.raw`\$&`))
  return new RegExp(`^${source.join('.*')}$`, 's').test(text)
}

describe('model patterns', () => {
  it('match exactly as the same regular expression does', () => {
    fc.assert(
      fc.property(words, plainWords, (pattern, text) => {
        assert.equal(matchesPattern(pattern, text), byRegularExpression(pattern, text))
      }),
      { numRuns: 2_000 },
    )
  })

  it('without a star match themselves only', () => {
    fc.assert(
      fc.property(plainWords, plainWords, (pattern, text) =>
        assert.equal(matchesPattern(pattern, text), pattern === text),
      ),
    )
  })

  it('take no longer for a pattern made of stars', () => {
    const took = measureProcessorMs(() =>
      assert.equal(matchesPattern('*a'.repeat(300), 'a'.repeat(299)), false),
    )
    assert.ok(took < 500, `${took} ms`)
  })
})

describe('model filter', () => {
  it('wants everything where nothing is named', () => {
    fc.assert(fc.property(fc.string(), (id) => assert.equal(createModelFilter([], [])(id), true)))
  })

  it('never wants what is excluded, included or not', () => {
    fc.assert(
      fc.property(fc.array(words), words, (include, pattern) => {
        assert.equal(createModelFilter(include, [pattern])(pattern.replaceAll('*', 'x')), false)
      }),
    )
  })

  it('wants only what one of the included patterns matches', () => {
    const isWanted = createModelFilter(['gpt-5*', 'o3'], ['*-audio'])
    const ids = ['gpt-5', 'gpt-5-mini', 'gpt-5-audio', 'o3', 'o3-mini', 'gpt-4']
    assert.deepEqual(ids.filter(isWanted), ['gpt-5', 'gpt-5-mini', 'o3'])
  })

  it('does not mind capitals', () => {
    assert.equal(createModelFilter(['qwen/*'], [])('Qwen/Qwen3-8B'), true)
    assert.equal(createModelFilter([], ['*GGUF'])('acme/rocket-gguf'), false)
  })
})
