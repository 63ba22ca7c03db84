import assert from 'node:assert/strict'
import { fileName, fileOfModel } from '../../../../src/vscode/views/modelFileNames.js'

describe('the file of a model', () => {
  it('is found by name on either kind of path, in its parts, and numbered where names repeat', () => {
    const files = [
      '/a/qwen.gguf',
      String.raw`C:\models\Llama.GGUF`,
      '/b/qwen.gguf',
      '/c/big-00001-of-00003.gguf',
    ]
    assert.equal(fileOfModel(files, 'qwen'), '/a/qwen.gguf')
    assert.equal(fileOfModel(files, 'qwen-2'), '/b/qwen.gguf')
    assert.equal(fileOfModel(files, 'Llama'), files[1])
    assert.equal(fileOfModel(files, 'big'), '/c/big-00001-of-00003.gguf')
    assert.equal(fileOfModel(files, 'other'), undefined)
    assert.equal(fileName(String.raw`C:\models\Llama.GGUF`), 'Llama.GGUF')
  })
})
