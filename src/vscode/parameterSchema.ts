import * as z from 'zod/mini'
import { reasoningEfforts } from '../core/chat.js'
import { described } from './described.js'

/** What settings say of parameters: their types and ranges, the same for connections, models and templates. */

const between = (least: number, most: number) => z.number().check(z.gte(least), z.lte(most))

const responseFormat = z.union([
  z.strictObject({ type: z.literal('text') }),
  z.strictObject({ type: z.literal('json') }),
  z.strictObject({
    type: z.literal('jsonSchema'),
    name: z.string().check(z.regex(/^[\w-]{1,64}$/, 'use letters, digits, _ and -, up to 64')),
    schema: z.record(z.string(), z.unknown()),
  }),
])

const rows = {
  temperature: [between(0, 2), 'How freely words are chosen: 0 the likeliest, 2 nearly any.'],
  topP: [between(0, 1), 'Only the likeliest words that together have this probability.'],
  topK: [z.int().check(z.gte(0)), 'Only so many of the likeliest words.'],
  maxOutputTokens: [z.int().check(z.positive()), 'Tokens of an answer at most.'],
  stop: [z.array(z.string().check(z.minLength(1))), 'The answer ends before one of these texts.'],
  seed: [z.int(), 'The same number gives the same answer, as far as the model can.'],
  frequencyPenalty: [between(-2, 2), 'Above 0: words that came often come less.'],
  presencePenalty: [between(-2, 2), 'Above 0: words that came before come less.'],
  repeatPenalty: [
    z.number().check(z.positive(), z.lte(2)),
    'Above 1: words that came lately come less, below 1 more; for servers of open models.',
  ],
  reasoningEffort: [z.enum(reasoningEfforts), 'How much a model that reasons thinks first.'],
  responseFormat: [responseFormat, 'Text, any JSON object, or JSON that fits a schema.'],
} as const

/** For a connection or a model: `null` leaves a parameter to the model, whatever the template says. */
export const parameterSettingsSchema = z.strictObject({
  temperature: settable(...rows.temperature),
  topP: settable(...rows.topP),
  topK: settable(...rows.topK),
  maxOutputTokens: settable(...rows.maxOutputTokens),
  stop: settable(...rows.stop),
  seed: settable(...rows.seed),
  frequencyPenalty: settable(...rows.frequencyPenalty),
  presencePenalty: settable(...rows.presencePenalty),
  repeatPenalty: settable(...rows.repeatPenalty),
  reasoningEffort: settable(...rows.reasoningEffort),
  responseFormat: settable(...rows.responseFormat),
})

function settable<T extends z.ZodMiniType>(schema: T, description: string) {
  return z.exactOptional(described(z.nullable(schema), description))
}
