import assert from 'node:assert/strict'
import { packedReadme } from '../../../scripts/package-readme.mjs'

describe('the README of the packed extension', () => {
  it('shows no picture of the repository, and one from the web', () => {
    const web = '![Web](https://example.com/a.png)\n'
    assert.equal(
      packedReadme(`Before.\n\n![Local](docs/pictures/a.png)\n\nAfter.\n${web}`),
      `Before.\n\nAfter.\n${web}`,
    )
  })

  it('keeps the words of a link to the repository, and the whole of any other', () => {
    const kept = '[the web](https://example.com) and [below](#below)'
    assert.equal(
      packedReadme(`Read [docs/usage.md](docs/usage.md), ${kept}.`),
      `Read docs/usage.md, ${kept}.`,
    )
  })
})
