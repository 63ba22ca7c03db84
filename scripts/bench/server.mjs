// A server that speaks the OpenAI API to this machine only. Each model's id says how it streams:
// every-5ms-64 sends 64 tokens, one every 5 ms; every-0ms-200 sends 200, each a write of its own, as fast as it can.
import { createServer } from 'node:http'
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises'

/**
 * @typedef {object} BenchServer
 * @property {string} url of the API, with its version
 * @property {() => Promise<void>} close
 *
 * @typedef {{ everyMs: number, count: number }} Pace
 */

const streamModels = [
  'every-0ms-200',
  'every-5ms-200',
  'every-0ms-1000',
  'every-50ms-3',
  ...[5, 10, 20, 28, 50].map((everyMs) => `every-${everyMs}ms-64`),
]

/** @returns {Promise<BenchServer>} */
export async function startBenchServer() {
  const server = createServer((request, response) => {
    answer(request, response).catch((error) => response.destroy(error))
  })
  server.keepAliveTimeout = 60_000
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The bench server has no port.')
  return {
    url: `http://127.0.0.1:${address.port}/v1`,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/**
 * @param {import('node:http').IncomingMessage} request
 * @param {import('node:http').ServerResponse} response
 */
async function answer(request, response) {
  if (request.method === 'GET' && request.url === '/v1/models') return sendModels(response)
  if (request.method === 'POST' && request.url === '/v1/chat/completions') {
    const { model } = JSON.parse(await readBody(request))
    return sendStream(response, model)
  }
  response.writeHead(404, { 'content-type': 'application/json' })
  response.end(JSON.stringify({ error: { message: `There is no ${request.method} ${request.url} here.` } }))
}

/** @param {import('node:http').ServerResponse} response */
function sendModels(response) {
  const data = streamModels.map((id) => ({ id, object: 'model', created: 0, owned_by: 'bench' }))
  response.writeHead(200, { 'content-type': 'application/json' })
  response.end(JSON.stringify({ object: 'list', data }))
}

/**
 * @param {import('node:http').ServerResponse} response
 * @param {string} model
 */
async function sendStream(response, model) {
  const { everyMs, count } = paceOf(model)
  /** @param {object} fields */
  const event = (fields) =>
    `data: ${JSON.stringify({ id: 'bench', object: 'chat.completion.chunk', created: 0, model, ...fields })}\n\n`
  /** @param {object} delta @param {string | null} reason */
  const choice = (delta, reason = null) => event({ choices: [{ index: 0, delta, finish_reason: reason }] })
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' })
  response.socket?.setNoDelay(true)
  response.write(choice({ role: 'assistant', content: '' }))
  const start = performance.now()
  for (let index = 0; index < count && !response.destroyed; index++) {
    // By the clock, so that late timers do not slow the pace.
    await (everyMs === 0 ? nextTurn() : sleep(Math.max(0, start + index * everyMs - performance.now())))
    response.write(choice({ content: `word${String(index).padStart(4, '0')} ` }))
  }
  const usage = { prompt_tokens: 5, completion_tokens: count, total_tokens: count + 5 }
  response.end(`${choice({}, 'stop')}${event({ choices: [], usage })}data: [DONE]\n\n`)
}

/**
 * @param {string} model
 * @returns {Pace}
 */
function paceOf(model) {
  const [, everyMs, count] = /^every-(\d+)ms-(\d+)$/.exec(model) ?? []
  if (everyMs === undefined || count === undefined) throw new Error(`The bench server has no model ${model}.`)
  return { everyMs: Number(everyMs), count: Number(count) }
}

/**
 * @param {import('node:http').IncomingMessage} request
 * @returns {Promise<string>}
 */
async function readBody(request) {
  const chunks = []
  for await (const chunk of request) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}
