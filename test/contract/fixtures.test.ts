import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { bodyOf, isExempt } from './fixtures.js'
import { candidates, folderOf, withoutServer } from './harness.js'

describe('every provider of the table that has a server', () => {
  for (const candidate of candidates) {
    it(`${candidate.name}: has fixtures, all of them readable and none of them empty`, () => {
      const { fixtures } = candidate
      assert.ok(fixtures !== undefined, `write test/fixtures/${folderOf(candidate)}/fixtures.json`)
      const scenarios = [...Object.values(fixtures.chats), ...Object.values(fixtures.errors)]
      const replies = [
        ...scenarios.flatMap((each) => (isExempt(each) ? [] : [each.reply])),
        ...Object.values(fixtures.list.replies),
      ]
      assert.ok(replies.length > 0)
      for (const reply of replies) assert.ok(bodyOf(folderOf(candidate), reply).length > 0)
    })
  }

  for (const [id, suite] of Object.entries(withoutServer)) {
    it(`${id}: has no server, and is held by ${suite}`, () => {
      assert.ok(existsSync(new URL(`../../${suite}`, import.meta.url)))
    })
  }
})
