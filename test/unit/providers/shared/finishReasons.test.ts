import assert from 'node:assert/strict'
import { failedEnding, readEnding } from '../../../../src/providers/shared/finishReasons.js'
import type { Subject } from '../../../../src/providers/shared/subject.js'

const subject: Subject = {
  provider: 'x',
  providerName: 'X',
  connection: 'work',
  host: 'x.example',
  location: 'cloud',
  model: { connection: 'work', id: 'm' },
  secrets: () => [],
}

const ends: Readonly<Record<string, readonly string[]>> = {
  stop: ['stop', 'STOP', 'end_turn', 'endTurn', 'eos', 'eos_token', 'stop_sequence', 'Completed', ' stop '],
  length: [
    'length',
    'MAX_TOKENS',
    'max_output_tokens',
    'model_length',
    'maxTokens',
    'max-new-tokens',
    'time_limit',
  ],
  toolCalls: ['tool_calls', 'tool_use', 'function_call', 'toolCalls'],
  contentFilter: [
    'content_filter',
    'SAFETY',
    'RECITATION',
    'sensitive',
    'guardrail_intervened',
    'policy_violation',
  ],
  refusal: ['refusal', 'model_refused'],
  other: ['repetition', 'NEW_REASON', 'constructor', '__proto__'],
}

const failures: Readonly<Record<string, string>> = {
  'provider-error': `error Error engine_error network_error malformed_function_call MALFORMED_FUNCTION_CALL
    UNEXPECTED_TOOL_CALL TOO_MANY_TOOL_CALLS OTHER tool_error internal-failure timeout`,
  incomplete: 'abort aborted cancelled client_disconnected',
  'context-length': 'model_context_window_exceeded context_length_exceeded contextWindowOverflow',
  overloaded: 'insufficient_system_resource capacity_reached',
}

describe('the word for the end of an answer', () => {
  it('means one end, whatever its case and its maker', () => {
    for (const [end, words] of Object.entries(ends))
      for (const word of words) assert.equal(readEnding(word), end, word)
  })

  it('is a failure with its own code, an unknown word that speaks of one too', () => {
    for (const [code, words] of Object.entries(failures))
      for (const word of words.split(/\s+/)) {
        const ending = readEnding(word)
        assert.ok(typeof ending === 'object', word)
        assert.equal(ending.failure, code, word)
        const error = failedEnding(subject, ending)
        assert.deepEqual([error.code, error.retryable], [code, code !== 'context-length'], word)
      }
  })

  it('says nothing where a server writes the absence of a reason', () => {
    for (const word of [undefined, '', 'null', 'None']) assert.equal(readEnding(word), undefined)
  })

  it('is named in the error, with the model and what to do', () => {
    const ending = readEnding('MALFORMED_FUNCTION_CALL')
    assert.ok(typeof ending === 'object')
    assert.match(
      failedEnding(subject, ending).message,
      /^X \(work\) broke off the answer of the model work\/m: the model called a tool in a form that cannot be read\. Try again/,
    )
    const unknown = readEnding('tool_parser_error')
    assert.ok(typeof unknown === 'object')
    assert.match(failedEnding(subject, unknown).message, /it ended with “tool parser error”/)
  })
})
