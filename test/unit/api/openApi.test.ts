import assert from 'node:assert/strict'
import type { ApiOptions } from '../../../src/api/createApi.js'
import { openApi } from '../../../src/api/openApi.js'
import { isModelError } from '../../../src/core/errors.js'
import { createApiReader } from '../../../src/vscode/apiReader.js'
import { createMemoryLog } from '../../fakes/memoryStores.js'

const isInstalled = (id: string): boolean => id === 'acme.search'

const describeApi = (extension: string): ApiOptions => ({
  caller: () => ({ door: 'api', extension }),
  models: () => [],
  onDidChange: () => ({ dispose: () => {} }),
  untilListed: async () => {},
  load: () => Promise.reject(new Error('Nothing is to be loaded here.')),
  read: createApiReader(),
  log: createMemoryLog(),
})

describe('opening the API', () => {
  it('gives the version that is asked for to an extension that is there', async () => {
    const api = openApi({ version: 1, extension: 'acme.search' }, isInstalled, describeApi)
    assert.deepEqual([api.version, await api.models()], [1, []])
  })

  for (const version of [0, 2, undefined]) {
    it(`says which version there is where ${String(version)} is asked for`, () => {
      assert.throws(
        () => openApi({ version, extension: 'acme.search' }, isInstalled, describeApi),
        (error) => isModelError(error) && /has version 1 .* update Roundhouse/.test(error.message),
      )
    })
  }

  for (const extension of ['acme.other', '', undefined]) {
    it(`refuses “${String(extension)}”, which is no extension that is there`, () => {
      assert.throws(
        () => openApi({ version: 1, extension }, isInstalled, describeApi),
        (error) => isModelError(error) && error.code === 'invalid-request',
      )
    })
  }
})
