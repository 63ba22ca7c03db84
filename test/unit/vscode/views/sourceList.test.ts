import assert from 'node:assert/strict'
import { encodeSources, writeSources } from '../../../../src/vscode/views/sourceList.js'

describe('the list of sources behind an answer', () => {
  it('is numbered, and names a source without a title by its host', () => {
    const text = writeSources([
      { url: 'https://a.example/x', title: 'On brakes' },
      { url: 'https://b.example/y' },
    ])
    assert.equal(
      text,
      '\n\n**Sources**\n\n1. [On brakes](https://a.example/x)\n2. [b\\.example](https://b.example/y)\n',
    )
  })

  it('shows a document without an address by its title, as text', () => {
    const text = writeSources([{ title: '[Handbook](https://evil.example)' }, { url: 'https://a.example/x' }])
    assert.match(text, /\n1\. \\\[Handbook\\\]\\\(https.*\n2\. \[a/)
  })

  it('shows a foreign title as text, and links to the web alone', () => {
    const text = writeSources([
      { url: 'https://a.example/x', title: '](command:evil) <img src=x> **bold** [x](https://evil.example)' },
      { url: 'command:workbench.action.quit', title: 'Quit' },
      { url: 'https://a.example/a)(b', title: 'Brackets' },
    ])
    assert.doesNotMatch(text, /[^\\]\]\(command:|<img|[^\\]\*\*bold|Quit/)
    assert.match(text, /1\. \[\\\]\\\(command\\:evil\\\) &lt;img/)
    assert.match(text, /\[Brackets\]\(https:\/\/a\.example\/a%29%28b\)/)
  })

  it('shows twenty, and says how many more there are', () => {
    const many = Array.from({ length: 25 }, (_, index) => ({ url: `https://a.example/${index}` }))
    const text = writeSources(many)
    assert.match(text, /\n20\. .+\n\n… and 5 more\n$/)
    assert.equal(writeSources([]), '')
  })

  it('is data for other extensions', () => {
    const sources = [{ url: 'https://a.example/x', title: 'A' }]
    assert.deepEqual(JSON.parse(new TextDecoder().decode(encodeSources(sources))), sources)
  })
})
