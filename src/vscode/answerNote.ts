/** Cannot be seen. Stands around a line of ours, so that it is known where the answer comes back as a part of the conversation. */
const mark = '\u2063'

/** One line behind an answer, apart from it. */
export function writeAnswerNote(line: string): string {
  return `\n\n${mark}${line.replaceAll(mark, '').replaceAll(/\s+/g, ' ')}${mark}`
}

const note = new RegExp(`\\n{0,2}${mark}[^${mark}\\n]*${mark}`, 'g')

/** What the model itself has said. */
export function withoutAnswerNotes(text: string): string {
  return text.includes(mark) ? text.replaceAll(note, '') : text
}
