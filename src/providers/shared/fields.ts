import { isRecord, type JsonRecord } from '../../core/json.js'
import type { ConnectionField, KeyField, ProviderContext } from '../../core/provider.js'

/** Rows that several providers' forms have in common, and reading what a user entered in them. */

/** `url` is where a user makes a key; the variables are its read-only fallbacks, the usual one first. */
export function apiKey(url: string, ...environmentVariables: readonly string[]): KeyField {
  return { required: true, url, environmentVariables }
}

export const optionalKey: KeyField = { required: false }

export const headersField: ConnectionField = {
  id: 'headers',
  label: 'Headers',
  type: 'record',
  description:
    'HTTP headers sent with every request, for example those of a company proxy. Keys do not belong here; `${env:NAME}` is a variable of the environment.',
}

export const modelIdsField: ConnectionField = {
  id: 'modelIds',
  label: 'Model ids',
  type: 'list',
  description: 'Models to offer, by id, where the server does not list them itself.',
}

export const extraBodyField: ConnectionField = {
  id: 'extraBody',
  label: 'Extra body',
  type: 'json',
  description:
    'Merged into the body of every chat request; a model’s own `extraBody` is stronger. `${env:NAME}` in a text is a variable of the environment.',
  placeholder: '{"chat_template_kwargs": {"enable_thinking": false}}',
}

const longestTimeoutSeconds = 86_400

function timeoutField(id: string, label: string, description: string): ConnectionField {
  return { id, label, type: 'number', description, minimum: 1, maximum: longestTimeoutSeconds }
}

/** How long a connection waits for a server, as `shared/timeouts.ts` reads it. */
export const timeoutFields: readonly ConnectionField[] = [
  timeoutField(
    'connectTimeoutSeconds',
    'Time to connect',
    'Seconds to wait for the connection itself; 10 where not given. More has an effect over plain HTTP to this machine alone: VS Code’s own network code gives up after 10 by itself.',
  ),
  timeoutField(
    'firstByteTimeoutSeconds',
    'Time to the first byte',
    'Seconds to wait for the first byte of an answer; where not given 60, and 600 for a local server, which may load its model first, and for a model that reasons.',
  ),
  timeoutField(
    'eventTimeoutSeconds',
    'Time between events',
    'Seconds to wait between two pieces of an answer; 90 where not given, and 600 for a model that reasons.',
  ),
  timeoutField(
    'timeoutSeconds',
    'Patience',
    'Seconds for the first byte and between two pieces alike, where these are not given themselves.',
  ),
]

export const streamUsageField: ConnectionField = {
  id: 'streamUsage',
  label: 'Ask for token counts',
  type: 'boolean',
  description: 'Turn off for a server that refuses `stream_options`; tokens are then estimated.',
}

export function textField(
  { connection }: Pick<ProviderContext, 'connection'>,
  id: string,
): string | undefined {
  const value = connection.fields[id]
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined
}

export function numberField(
  { connection }: Pick<ProviderContext, 'connection'>,
  id: string,
): number | undefined {
  const value = connection.fields[id]
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined
}

export function booleanField(
  { connection }: Pick<ProviderContext, 'connection'>,
  id: string,
): boolean | undefined {
  const value = connection.fields[id]
  return typeof value === 'boolean' ? value : undefined
}

export function listField(
  { connection }: Pick<ProviderContext, 'connection'>,
  id: string,
): readonly string[] {
  const value = connection.fields[id]
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string' && item !== '') : []
}

export function recordField({ connection }: Pick<ProviderContext, 'connection'>, id: string): JsonRecord {
  const value = connection.fields[id]
  return isRecord(value) ? value : {}
}
