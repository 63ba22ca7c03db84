import { ModelError } from '../errors.js'

/** Throws ModelError `invalid-request`: no provider knows what to make of an empty text. */
export function checkTexts(texts: readonly string[], name: string): void {
  const empty = texts.indexOf('')
  if (empty === -1) return
  throw new ModelError({
    code: 'invalid-request',
    message: `Number ${empty + 1} of the ${texts.length} ${name} is empty. Leave it out.`,
  })
}
