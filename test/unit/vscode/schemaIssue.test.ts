import assert from 'node:assert/strict'
import * as z from 'zod/mini'
import { describeIssue } from '../../../src/vscode/schemaIssue.js'

function describeFirst(schema: z.ZodMiniType, value: unknown): string | undefined {
  const [issue] = schema.safeParse(value).error?.issues ?? []
  return issue === undefined ? undefined : describeIssue(issue, value)
}

const said: readonly (readonly [string, z.ZodMiniType, unknown])[] = [
  ['is missing', z.object({ baseUrl: z.string() }), {}],
  ['must be a text', z.object({ baseUrl: z.string() }), { baseUrl: 1 }],
  ['must be a number', z.object({ threads: z.number() }), { threads: 'two' }],
  ['must be a whole number', z.object({ threads: z.int() }), { threads: 1.5 }],
  ['must be true or false', z.object({ enabled: z.boolean() }), { enabled: 'yes' }],
  ['must be a list', z.object({ include: z.array(z.string()) }), { include: 'all' }],
  ['must be an object', z.object({ models: z.record(z.string(), z.string()) }), { models: [] }],
  ['must be one of: chat, responses', z.object({ api: z.enum(['chat', 'responses']) }), { api: 'x' }],
  ['has no “fly”', z.strictObject({ walk: z.optional(z.boolean()) }), { fly: true }],
  ['must be more than 0', z.object({ limit: z.number().check(z.positive()) }), { limit: 0 }],
  ['must be at least 1', z.object({ limit: z.number().check(z.gte(1)) }), { limit: 0 }],
  ['must be at most 9', z.object({ limit: z.number().check(z.lte(9)) }), { limit: 10 }],
  ['must not be empty', z.object({ name: z.string().check(z.minLength(1)) }), { name: '' }],
  ['be brief', z.object({ name: z.string().check(z.regex(/^.$/, 'be brief')) }), { name: 'ab' }],
]

describe('describeIssue', () => {
  for (const [words, schema, value] of said) {
    it(`says “${words}”`, () => {
      assert.equal(describeFirst(schema, value), words)
    })
  }
})
