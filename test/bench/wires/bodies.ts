// Answers in the shape of each API's real ones: every member that a real event carries, one token of text in each.

export const wireNames = [
  'openai-responses',
  'openai-chat',
  'anthropic',
  'google-interactions',
  'google-content',
  'ollama',
  'openai-compatible',
] as const

export type WireName = (typeof wireNames)[number]

export interface WireBody {
  /** The path that a request for it has. */
  readonly path: string
  readonly type: 'text/event-stream' | 'application/x-ndjson'
  readonly head: string
  /** The event of one token. */
  readonly token: (index: number, text: string) => string
  readonly tail: (tokens: number) => string
}

const event = (data: object): string => `data: ${JSON.stringify(data)}\n\n`
interface Named {
  readonly type: string
  readonly [member: string]: unknown
}

const named = (data: Named): string => `event: ${data.type}\n${event(data)}`

const chunk = (delta: object, finish: string | null = null): string =>
  event({
    id: 'chatcmpl-CfY3f7lWcPh0rPQsSRxYb1v0ZKzvN',
    object: 'chat.completion.chunk',
    created: 1_795_000_000,
    model: 'gpt-5.2-2026-08-11',
    service_tier: 'default',
    system_fingerprint: 'fp_5c0d3e1a92',
    choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }],
    usage: null,
    obfuscation: 'k3Vn9x',
  })

const chat: WireBody = {
  path: '/v1/chat/completions',
  type: 'text/event-stream',
  head: chunk({ role: 'assistant', content: '', refusal: null }),
  token: (_, content) => chunk({ content }),
  tail: (tokens) =>
    `${chunk({}, 'stop')}${event({
      id: 'chatcmpl-CfY3f7lWcPh0rPQsSRxYb1v0ZKzvN',
      object: 'chat.completion.chunk',
      created: 1_795_000_000,
      model: 'gpt-5.2-2026-08-11',
      service_tier: 'default',
      choices: [],
      usage: {
        prompt_tokens: 19,
        completion_tokens: tokens,
        total_tokens: tokens + 19,
        prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
        completion_tokens_details: { reasoning_tokens: 0, audio_tokens: 0 },
      },
    })}data: [DONE]\n\n`,
}

const itemId = 'msg_0a1f6e3c9d7b45a80068f0c1d2e3f48190b7a6c5d4e3f2a1b0'
const created = { id: 'resp_0a1f6e3c9d7b45a8', object: 'response', status: 'in_progress', output: [] }
const message = { id: itemId, type: 'message', status: 'in_progress', content: [], role: 'assistant' }

const responses: WireBody = {
  path: '/v1/responses',
  type: 'text/event-stream',
  head: [
    { type: 'response.created', sequence_number: 0, response: created },
    { type: 'response.in_progress', sequence_number: 1, response: created },
    { type: 'response.output_item.added', sequence_number: 2, output_index: 0, item: message },
    {
      type: 'response.content_part.added',
      sequence_number: 3,
      item_id: itemId,
      output_index: 0,
      content_index: 0,
      part: { type: 'output_text', annotations: [], logprobs: [], text: '' },
    },
  ]
    .map(named)
    .join(''),
  token: (index, delta) =>
    named({
      type: 'response.output_text.delta',
      sequence_number: index + 4,
      item_id: itemId,
      output_index: 0,
      content_index: 0,
      delta,
      logprobs: [],
      obfuscation: 'u6sVx2c',
    }),
  tail: (tokens) =>
    [
      {
        type: 'response.output_item.done',
        sequence_number: tokens + 4,
        output_index: 0,
        item: { ...message, status: 'completed', content: [{ type: 'output_text', text: 'all' }] },
      },
      {
        type: 'response.completed',
        sequence_number: tokens + 5,
        response: {
          ...created,
          status: 'completed',
          usage: {
            input_tokens: 19,
            input_tokens_details: { cached_tokens: 0 },
            output_tokens: tokens,
            output_tokens_details: { reasoning_tokens: 0 },
            total_tokens: tokens + 19,
          },
        },
      },
    ]
      .map(named)
      .join(''),
}

const anthropic: WireBody = {
  path: '/v1/messages',
  type: 'text/event-stream',
  head: [
    {
      type: 'message_start',
      message: {
        id: 'msg_01XFDUDYJgAACzvnptvVoYEL',
        type: 'message',
        role: 'assistant',
        model: 'claude-sonnet-4-8',
        content: [],
        stop_reason: null,
        stop_sequence: null,
        usage: { input_tokens: 19, output_tokens: 1, service_tier: 'standard' },
      },
    },
    { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
    { type: 'ping' },
  ]
    .map(named)
    .join(''),
  token: (_, text) => named({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } }),
  tail: (tokens) =>
    [
      { type: 'content_block_stop', index: 0 },
      {
        type: 'message_delta',
        delta: { stop_reason: 'end_turn', stop_sequence: null },
        usage: { output_tokens: tokens },
      },
      { type: 'message_stop' },
    ]
      .map(named)
      .join(''),
}

const interaction = {
  id: 'v1_ChdWb2',
  status: 'in_progress',
  object: 'interaction',
  model: 'gemini-3.7-flash',
}
const step = (type: string, data: object): string => `event: ${type}\n${event({ ...data, event_type: type })}`

const interactions: WireBody = {
  path: '/v1beta/interactions',
  type: 'text/event-stream',
  head: `${step('interaction.created', { interaction })}${step('step.start', { index: 0, step: { type: 'model_output' } })}`,
  token: (_, text) => step('step.delta', { index: 0, delta: { text, type: 'text' } }),
  tail: (tokens) =>
    `${step('step.stop', { index: 0 })}${step('interaction.completed', {
      interaction: {
        ...interaction,
        status: 'completed',
        usage: { total_tokens: tokens + 19, total_input_tokens: 19, total_output_tokens: tokens },
      },
    })}event: done\ndata: [DONE]\n\n`,
}

const candidate = (index: number, text: string, more: object = {}): string =>
  event({
    candidates: [{ content: { parts: [{ text }], role: 'model' }, ...more, index: 0 }],
    usageMetadata: {
      promptTokenCount: 19,
      candidatesTokenCount: index + 1,
      totalTokenCount: index + 20,
      promptTokensDetails: [{ modality: 'TEXT', tokenCount: 19 }],
    },
    modelVersion: 'gemini-2.5-flash',
    responseId: 'kpNPapqwA76LmtkP5J6g',
  })

const content: WireBody = {
  path: '/v1beta/models/bench:streamGenerateContent',
  type: 'text/event-stream',
  head: '',
  token: (index, text) => candidate(index, text),
  tail: (tokens) => candidate(tokens, '.', { finishReason: 'STOP' }),
}

const line = (data: object): string => `${JSON.stringify(data)}\n`
const told = { model: 'qwen4:4b', created_at: '2026-11-20T10:00:01.123456789Z' }

const ollama: WireBody = {
  path: '/api/chat',
  type: 'application/x-ndjson',
  head: '',
  token: (_, text) => line({ ...told, message: { role: 'assistant', content: text }, done: false }),
  tail: (tokens) =>
    line({
      ...told,
      message: { role: 'assistant', content: '' },
      done: true,
      done_reason: 'stop',
      total_duration: 5_191_566_416,
      load_duration: 2_154_458,
      prompt_eval_count: 19,
      prompt_eval_duration: 383_809_000,
      eval_count: tokens,
      eval_duration: 4_799_921_000,
    }),
}

export const bodies: Readonly<Record<WireName, WireBody>> = {
  'openai-responses': responses,
  'openai-chat': chat,
  anthropic,
  'google-interactions': interactions,
  'google-content': content,
  ollama,
  'openai-compatible': chat,
}
