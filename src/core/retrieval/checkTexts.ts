import { ModelError } from '../errors.js'

function invalid(message: string): ModelError {
  return new ModelError({ code: 'invalid-request', message })
}

/** Other extensions may be written in JavaScript. Throws ModelError `invalid-request`. */
export function checkTexts(texts: readonly unknown[], name: string): void {
  if (!Array.isArray(texts)) throw invalid(`“${name}” is no list. Pass a list of texts.`)
  const wrong = texts.findIndex((text) => typeof text !== 'string' || text === '')
  if (wrong === -1) return
  const what = texts[wrong] === '' ? 'is empty' : 'is no text'
  throw invalid(`Number ${wrong + 1} of the ${texts.length} ${name} ${what}. Leave it out.`)
}
