import { isRecord, parseJson } from '../../core/json.js'
import type { ConnectionField, FieldValue } from '../../core/provider.js'

/** A field's value as read from an input box: a value, nothing (the default holds), or what is wrong. */
export type ParsedField =
  | { readonly kind: 'value'; readonly value: FieldValue }
  | { readonly kind: 'empty' }
  | { readonly kind: 'problem'; readonly problem: string }

function problem(text: string): ParsedField {
  return { kind: 'problem', problem: text }
}

/** What is wrong with an address, or undefined. */
export function checkUrl(text: string): string | undefined {
  const trimmed = text.trim()
  if (!/^https?:\/\//i.test(trimmed)) return 'Start with http:// or https://.'
  if (!URL.canParse(trimmed)) return 'This is not a complete address, such as https://host:8000/v1.'
  const url = new URL(trimmed)
  if (url.username !== '' || url.password !== '')
    return 'Leave the user name and password out; enter the key later.'
  return undefined
}

function parseNumber(field: ConnectionField, text: string): ParsedField {
  const value = Number(text)
  if (!Number.isFinite(value)) return problem('Enter a number.')
  if (field.minimum !== undefined && value < field.minimum) return problem(`At least ${field.minimum}.`)
  if (field.maximum !== undefined && value > field.maximum) return problem(`At most ${field.maximum}.`)
  return { kind: 'value', value }
}

function parseJsonObject(text: string, hint: string): ParsedField {
  const value = parseJson(text)
  return isRecord(value) ? { kind: 'value', value } : problem(hint)
}

function parseRecord(text: string): ParsedField {
  const parsed = parseJsonObject(text, 'Write it as JSON, such as {"X-Team": "research"}.')
  if (parsed.kind !== 'value') return parsed
  return Object.values(parsed.value).every((value) => typeof value === 'string')
    ? parsed
    : problem('Every value must be text in quotes.')
}

/** Comma-separated words, empty ones left out. */
export function parseList(text: string): readonly string[] {
  return text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '')
}

function parsePresent(field: ConnectionField, text: string): ParsedField {
  switch (field.type) {
    case 'number':
      return parseNumber(field, text)
    case 'url': {
      const wrong = checkUrl(text)
      return wrong === undefined ? { kind: 'value', value: text } : problem(wrong)
    }
    case 'boolean':
      return text === 'true' || text === 'false'
        ? { kind: 'value', value: text === 'true' }
        : problem('Enter true or false.')
    case 'choice':
      return field.options?.includes(text) === true
        ? { kind: 'value', value: text }
        : problem(`One of: ${(field.options ?? []).join(', ')}.`)
    case 'record':
      return parseRecord(text)
    case 'json':
      return parseJsonObject(text, 'Write it as JSON, such as {"top_a": 0.2}.')
    case 'list':
    case 'files':
      return { kind: 'value', value: parseList(text) }
    case 'text':
      break
  }
  return { kind: 'value', value: text }
}

export function parseField(field: ConnectionField, text: string): ParsedField {
  const trimmed = text.trim()
  if (trimmed !== '') return parsePresent(field, trimmed)
  return field.required === true ? problem(`${field.label} is needed.`) : { kind: 'empty' }
}

/** As the input box shows it. */
export function formatField(value: FieldValue | undefined): string {
  if (value === undefined) return ''
  if (Array.isArray(value)) return value.join(', ')
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}
