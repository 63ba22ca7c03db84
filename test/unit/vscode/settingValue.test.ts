import assert from 'node:assert/strict'
import { settingRules } from '../../../src/vscode/settingRules.js'
import { settingsTable } from '../../../src/vscode/settingsTable.js'
import { readValue } from '../../../src/vscode/settingValue.js'

describe('readValue', () => {
  for (const row of Object.values(settingsTable)) {
    it(`takes the default of ${row.key} where nothing is set, and the default is valid itself`, () => {
      assert.deepEqual(readValue(row, undefined), { value: row.default, problems: [] })
      assert.equal(settingRules[row.name].schema.safeParse(row.default).success, true)
    })
  }

  it('does not look for all that is wrong in 300,000 values', () => {
    const value = Array.from({ length: 300_000 }, () => 1)
    for (const row of Object.values(settingsTable)) {
      const { problems } = readValue(row, value)
      assert.deepEqual(problems, [
        {
          path: row.key,
          message: 'has more than 10000 values. The default is used until this is corrected.',
        },
      ])
    }
  })

  it('takes what is valid', () => {
    assert.deepEqual(readValue(settingsTable.catalogEnabled, false), { value: false, problems: [] })
  })

  for (const [row, value, problem] of [
    [settingsTable.catalogEnabled, 'no', 'must be true or false.'],
    [settingsTable.catalogUrl, 7, 'must be a text.'],
    [settingsTable.catalogUrl, null, 'must be a text.'],
    [
      settingsTable.usageTimeZone,
      'Europe/Berln',
      'is no time zone that is known here: write local, UTC, or a name such as Europe/Berlin.',
    ],
  ] as const) {
    it(`names what is wrong with ${row.key}: ${JSON.stringify(value)}, and uses the default`, () => {
      const read = readValue(row, value)
      assert.equal(read.value, row.default)
      assert.deepEqual(read.problems, [
        { path: row.key, message: `${problem} The default is used until this is corrected.` },
      ])
    })
  }
})
