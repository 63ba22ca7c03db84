import type { ErrorCode } from '../../src/core/errors.js'

/** The same words in the shapes that servers, and gateways in front of them, put them into. */
export const errorShapes: Readonly<Record<string, (message: string, status: number) => unknown>> = {
  'an error object': (message, code) => ({ error: { message, type: 'server_error', code } }),
  'a text for an error': (error) => ({ error }),
  'a detail': (detail) => ({ detail }),
  'a list of details': (msg) => ({ detail: [{ type: 'value_error', loc: ['body'], msg }] }),
  'a flat error': (message, code) => ({ object: 'error', message, code }),
  'a label and a message': (message) => ({ error: 'Bad Request', message }),
  'a list of errors': (message) => ({ errors: [{ message }] }),
  'an array': (message) => [{ error: { message, status: 'UNKNOWN' } }],
  'an error as text in an error': (message) => ({
    error: { message: `litellm.APIError: OpenAIException - ${JSON.stringify({ error: { message } })}` },
  }),
  'an error behind a gateway': (message, code) => ({
    error: {
      message: 'Provider returned error',
      code,
      metadata: { provider_name: 'Elsewhere', raw: JSON.stringify({ error: { message } }) },
    },
  }),
  'the text of an error behind a gateway': (raw, code) => ({
    error: { message: 'Provider returned error', code, metadata: { raw } },
  }),
  'a text': (message) => message,
}

interface Meaning {
  readonly statuses: readonly number[]
  readonly messages: readonly string[]
  readonly code: ErrorCode
}

export const errorMeanings: Readonly<Record<string, Meaning>> = {
  'an unknown model': {
    statuses: [400, 404],
    messages: [
      "model 'nope-7.1b' not found",
      'model is not loaded',
      'Model Not Exist',
      'The model nope-7.1b does not exist or your team does not have access to it.',
      'nope/nope is not a valid model ID',
      "Invalid model 'nope'. Permitted models can be found in the documentation.",
      'The requested model `nope.x` does not exist',
      "The requested model 'nope' is not supported by any provider you have enabled.",
    ],
    code: 'not-found',
  },
  'a request that is too long': {
    statuses: [400, 413, 500],
    messages: [
      'input (702 tokens) is too large to process. increase the physical batch size (current batch size: 512)',
      'request (3014 tokens) exceeds the available context size (1024 tokens), try increasing it',
      'Context size has been exceeded.',
      "This model's maximum prompt length is 131072 but the request contains 200000 tokens.",
      'User input tokens exceed 127072 tokens',
      'Invalid request: Your request exceeded model token limit: 8192',
      'The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).',
    ],
    code: 'context-length',
  },
  'what the model cannot do': {
    statuses: [400, 500],
    messages: [
      'tools param requires --jinja flag',
      'image input is not supported - hint: if this is unexpected, you may need to provide the mmproj',
      'the current context does not logits computation. skipping',
      'This model does not support tools',
      "Pooling type 'none' is not OAI compatible. Please use a different pooling type",
    ],
    code: 'capability-unsupported',
  },
  'a model that cannot be loaded': {
    statuses: [400, 500],
    messages: [
      'model name=broken failed to load',
      'Failed to load model “x”. Error: Model loading was stopped due to insufficient system resources.',
    ],
    code: 'engine-failed',
  },
  'a wrong key': {
    statuses: [400],
    messages: ['Incorrect API key provided.', 'API key not valid. Please pass a valid API key.'],
    code: 'unauthorized',
  },
}
