import assert from 'node:assert/strict'
import { readTightening } from '../../../src/vscode/settingPlaces.js'

describe('readTightening', () => {
  const read = (user: unknown, workspace?: unknown, ...folders: unknown[]) =>
    readTightening('roundhouse.localOnly', { user, workspace, folders })

  it('is on if any place turns it on, and off by default', () => {
    assert.deepEqual([read(undefined).value, read(false, false, false).value], [false, false])
    assert.deepEqual(
      [read(true, false).value, read(false, true).value, read(false, false, true).value],
      [true, true, true],
    )
  })

  for (const value of ['true', 'false', 1, 0, null, 'on', [], {}]) {
    it(`counts ${JSON.stringify(value)} as on, and says so at the setting`, () => {
      for (const values of [read(value), read(false, value), read(undefined, undefined, value)])
        assert.deepEqual(values, {
          value: true,
          problems: [
            {
              path: 'roundhouse.localOnly',
              message: 'must be true or false. It counts as true until this is corrected.',
            },
          ],
        })
    })
  }
})
