import assert from 'node:assert/strict'
import { createPartStream } from '../../../../src/platform/llama/partStream.js'

async function readAll<T>(stream: AsyncIterable<T>): Promise<T[]> {
  const values: T[] = []
  for await (const value of stream) values.push(value)
  return values
}

describe('a part stream', () => {
  it('delivers what was pushed before and after its reader came, then ends', async () => {
    const stream = createPartStream<number>()
    stream.push(1)
    const reading = readAll(stream)
    await Promise.resolve()
    stream.push(2)
    stream.push(3)
    stream.end()
    assert.deepEqual(await reading, [1, 2, 3])
  })

  it('throws its failure after what was pushed before it', async () => {
    const stream = createPartStream<number>()
    stream.push(1)
    stream.fail(new Error('broken'))
    const seen: number[] = []
    const reading = (async () => {
      for await (const value of stream) seen.push(value)
    })()
    await assert.rejects(reading, /broken/)
    assert.deepEqual(seen, [1])
  })

  it('ignores what comes after its end', async () => {
    const stream = createPartStream<number>()
    stream.end()
    stream.push(1)
    stream.fail(new Error('late'))
    assert.deepEqual(await readAll(stream), [])
  })
})
