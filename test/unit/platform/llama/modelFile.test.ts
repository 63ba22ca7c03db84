import assert from 'node:assert/strict'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { checkModelFile, resolveModelPath } from '../../../../src/platform/llama/modelFile.js'
import { failure, useModelFolder } from './support.js'

describe('a model file', () => {
  const folder = useModelFolder()

  it('is found in the extension, in the home folder, or where its path says', () => {
    assert.equal(
      resolveModelPath('${builtin}/welcome.gguf', '/ext/models'),
      join('/ext/models', 'welcome.gguf'),
    )
    assert.equal(resolveModelPath('~/models/a.gguf', undefined), join(homedir(), 'models', 'a.gguf'))
    assert.equal(resolveModelPath('/models/./a.gguf', '/ext'), '/models/a.gguf')
  })

  it('is the first part of its model, where a later one is named and the first is beside it', async () => {
    const first = await folder.write('big-00001-of-00002.gguf', { kind: 'script', reply: 'one' })
    assert.equal(resolveModelPath(join(folder.path, 'big-00002-of-00002.gguf'), undefined), first)
    const alone = join(folder.path, 'alone-00002-of-00002.gguf')
    assert.equal(resolveModelPath(alone, undefined), alone)
  })

  it('is accepted when it begins as GGUF does, and has another fingerprint once it has changed', async () => {
    const first = await checkModelFile(await folder.write('a.gguf', { kind: 'script', reply: 'one' }))
    const second = await checkModelFile(
      await folder.write('a.gguf', { kind: 'script', reply: 'one two three' }),
    )
    assert.equal(first.path, second.path)
    assert.notEqual(first.fingerprint, second.fingerprint)
  })

  it('is refused when it is too short to have a header', async () => {
    const path = await folder.writeBytes('short.gguf', Buffer.from('GGUF'))
    const error = await failure(checkModelFile(path))
    assert.equal(error.code, 'engine-failed')
    assert.match(error.message, /short\.gguf is not a GGUF file/)
  })

  it('is refused when it is a folder, or lies below a file', async () => {
    assert.equal((await failure(checkModelFile(folder.path))).code, 'engine-failed')
    const path = await folder.writeBytes('file.txt', Buffer.from('text'))
    assert.equal((await failure(checkModelFile(join(path, 'a.gguf')))).code, 'not-found')
  })
})
