import assert from 'node:assert/strict'
import { withoutAnswerNotes, writeAnswerNote } from '../../../src/vscode/answerNote.js'

describe('the note behind an answer', () => {
  it('stands apart in one line, and is taken out of the conversation again', () => {
    const note = writeAnswerNote('Answered by m\nthrough\u2063 Work.')
    assert.equal(note.replaceAll('\u2063', ''), '\n\nAnswered by m through Work.')
    assert.equal(withoutAnswerNotes(`One.${note}`), 'One.')
    assert.equal(withoutAnswerNotes(`One.${note}\n\nTwo.${note}`), 'One.\n\nTwo.')
    assert.equal(withoutAnswerNotes(note.trim()), '')
  })

  it('leaves what a model has written as it is, though it looks alike', () => {
    for (const text of ['One.\n\nAnswered by m through Work.', 'a\u2063b', 'a\u2063b\nc\u2063', ''])
      assert.equal(withoutAnswerNotes(text), text)
  })
})
