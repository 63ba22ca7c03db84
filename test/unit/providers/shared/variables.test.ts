import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import { namedValues, resolveDeep, resolveVariables } from '../../../../src/providers/shared/variables.js'
import { createProviderContext } from '../../../fakes/providerContext.js'

const environment = { TOKEN: 'abc', 'ProgramFiles(x86)': 'C:\\P', EMPTY: '', NESTED: '${env:TOKEN}' }
const context = createProviderContext({ provider: 'x', environment })

describe('${env:NAME}', () => {
  for (const [text, expected] of [
    ['plain', 'plain'],
    ['Bearer ${env:TOKEN}', 'Bearer abc'],
    ['${env:TOKEN}-${env:TOKEN}', 'abc-abc'],
    ['${env: TOKEN }', 'abc'],
    ['${env:ProgramFiles(x86)}', 'C:\\P'],
    ['$TOKEN {env:TOKEN} ${TOKEN}', '$TOKEN {env:TOKEN} ${TOKEN}'],
    ['${env:NESTED}', '${env:TOKEN}'],
  ] as const) {
    it(`makes ${expected} of ${text}`, () =>
      assert.equal(resolveVariables(text, 'the headers', context), expected))
  }

  for (const name of ['MISSING', 'EMPTY', '', 'toString']) {
    it(`names the variable “${name}” where it is not set, the connection and the place`, () => {
      assert.throws(() => resolveVariables(`x \${env:${name}}`, 'the headers', context), {
        code: 'invalid-request',
        message: new RegExp(`variable ${name}, named in the headers of the connection “Work”, is not set`),
      })
    })
  }

  it('leaves every text without a reference as it is', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        fc.pre(!text.includes('${env:'))
        assert.equal(resolveVariables(text, 'the headers', context), text)
      }),
    )
  })

  it('is found however deep in an extra body, and nothing else is touched', () => {
    const body = { a: ['${env:TOKEN}', 1, null, true], b: { c: { d: 'x${env:TOKEN}' } } }
    assert.deepEqual(resolveDeep(body, 'the extra body', context), {
      a: ['abc', 1, null, true],
      b: { c: { d: 'xabc' } },
    })
  })
})

describe('namedValues', () => {
  it('are the values of variables that fields and models name, set or not', () => {
    const named = createProviderContext({
      provider: 'x',
      environment: { A: 'one', B: 'two', C: 'three' },
      fields: { headers: { h: '${env:A}' }, extraBody: { deep: ['${env:UNSET}'] } },
      models: { m: { extraBody: { k: '${env:B}' } } },
    })
    assert.deepEqual(namedValues(named), ['one', 'two'])
  })
})
