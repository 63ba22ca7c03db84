import assert from 'node:assert/strict'
import { ModelError } from '../../../../src/core/errors.js'
import type { Connection } from '../../../../src/core/provider.js'
import { createCommandHandlers } from '../../../../src/vscode/commands/handlers.js'
import { createConnection } from '../../../fakes/scriptedProvider.js'
import { createBench } from './bench.js'
import type { Move } from './scriptedUi.js'

const builtin = `\${builtin}/welcome.gguf`

function embedded(files: readonly string[]): Connection {
  const { baseUrl: _none, ...rest } = createConnection({
    id: 'llamacpp',
    name: 'On this machine',
    provider: 'llamacpp',
    fields: { files },
  })
  return rest
}

async function inspectModelFile(file: string) {
  if (file.includes('broken')) throw new ModelError({ code: 'engine-failed', message: 'It is truncated.' })
  return { parameterSize: '0.6B', quantization: 'Q4_K_M', contextWindow: 32_768 }
}

async function addFiles(connections: readonly Connection[], ...moves: Move[]) {
  const bench = createBench({ connections, moves, inspectModelFile })
  await createCommandHandlers(bench.services)['roundhouse.addModelFile'](undefined)
  bench.ui.assertDone()
  return bench
}

describe('Add GGUF File', () => {
  it('adds the file to those that are there and says what it is', async () => {
    const moves: Move[] = [{ do: 'files', paths: ['/models/qwen.gguf'] }, { do: 'close' }]
    const bench = await addFiles([embedded([builtin])], ...moves)
    assert.deepEqual(bench.connections.list()[0]?.fields, { files: [builtin, '/models/qwen.gguf'] })
    assert.equal(bench.ui.notices[0]?.message, 'qwen.gguf was added (0.6B, Q4_K_M, 32K context).')
  })

  it('makes the embedded connection again where it was removed', async () => {
    const bench = await addFiles([], { do: 'files', paths: ['/models/qwen.gguf'] }, { do: 'close' })
    const [connection] = bench.connections.list()
    assert.deepEqual(
      [connection?.id, connection?.provider, connection?.enabled],
      ['llamacpp', 'llamacpp', true],
    )
  })

  it('adds the good ones and names the bad one with its reason', async () => {
    const moves: Move[] = [
      { do: 'files', paths: ['/models/broken.gguf', '/models/qwen.gguf'] },
      { do: 'close' },
      { do: 'close' },
    ]
    const bench = await addFiles([embedded([])], ...moves)
    assert.deepEqual(bench.connections.list()[0]?.fields, { files: ['/models/qwen.gguf'] })
    assert.equal(bench.ui.notices[0]?.message, 'broken.gguf was not added. It is truncated.')
  })

  it('adds the parts of one model as its first, once, whichever of them are chosen', async () => {
    const paths = ['/m/big-00002-of-00003.gguf', '/m/big-00003-of-00003.gguf', '/m/big-00001-of-00003.gguf']
    const bench = await addFiles([embedded([])], { do: 'files', paths }, { do: 'close' })
    assert.deepEqual(bench.connections.list()[0]?.fields, { files: ['/m/big-00001-of-00003.gguf'] })
    assert.match(bench.ui.notices[0]?.message ?? '', /^big-00001-of-00003\.gguf was added/)
  })

  it('changes nothing where every file is bad', async () => {
    const moves: Move[] = [{ do: 'files', paths: ['/models/broken.gguf'] }, { do: 'close' }]
    const bench = await addFiles([embedded([builtin])], ...moves)
    assert.deepEqual(bench.connections.list()[0]?.fields, { files: [builtin] })
  })

  it('does nothing where no file is chosen', async () => {
    const bench = await addFiles([], { do: 'files', paths: [] })
    assert.deepEqual(bench.connections.list(), [])
  })
})

describe('Remove GGUF File', () => {
  it('takes the file of the given model out of the list, and Undo puts it back', async () => {
    const moves: Move[] = [{ do: 'close' }]
    const bench = createBench({ connections: [embedded([builtin, '/models/qwen.gguf'])], moves })
    const remove = createCommandHandlers(bench.services)['roundhouse.removeModelFile']
    await remove('model:llamacpp/qwen')
    assert.deepEqual(bench.connections.list()[0]?.fields, { files: [builtin] })
    const undone = createBench({
      connections: [embedded([builtin])],
      moves: [{ do: 'press', button: 'Undo' }],
    })
    await createCommandHandlers(undone.services)['roundhouse.removeModelFile']('model:llamacpp/welcome')
    assert.deepEqual(undone.connections.list()[0]?.fields, { files: [builtin] })
  })

  it('asks which one where it is not said', async () => {
    const moves: Move[] = [{ do: 'pick', label: 'qwen.gguf' }, { do: 'close' }]
    const bench = createBench({ connections: [embedded(['/a/qwen.gguf', '/a/llama.gguf'])], moves })
    await createCommandHandlers(bench.services)['roundhouse.removeModelFile'](undefined)
    assert.deepEqual(bench.connections.list()[0]?.fields, { files: ['/a/llama.gguf'] })
  })
})
