// A server of the OpenAI API that answers at once, in a process of its own: a stream, or one document.
import { createServer, type IncomingMessage } from 'node:http'
import process from 'node:process'

const words = ['All ', 'work ', 'and ', 'no ', 'play ', 'makes ', 'a ', 'dull ', 'boy.']
const model = 'bench'
const usage = { prompt_tokens: 200, completion_tokens: words.length, total_tokens: 200 + words.length }
const document = { id: 'bench', created: 1_767_225_600, model }

const chunk = (fields: object): string =>
  `data: ${JSON.stringify({ ...document, object: 'chat.completion.chunk', ...fields })}\n\n`
const choice = (delta: object, finish_reason: string | null = null): string =>
  chunk({ choices: [{ index: 0, delta, finish_reason }] })
const stream = [
  choice({ role: 'assistant', content: '' }),
  ...words.map((content) => choice({ content })),
  choice({}, 'stop'),
  chunk({ choices: [], usage }),
  'data: [DONE]\n\n',
].join('')
const message = { role: 'assistant', content: words.join('') }
const whole = JSON.stringify({
  ...document,
  object: 'chat.completion',
  choices: [{ index: 0, message, finish_reason: 'stop' }],
  usage,
})
const models = JSON.stringify({ object: 'list', data: [{ id: model, object: 'model', created: 0 }] })

async function readBody(request: IncomingMessage): Promise<string> {
  let text = ''
  for await (const piece of request.setEncoding('utf8')) text += String(piece)
  return text
}

/** Tells the parent its port, and ends with it. */
export function serve(): void {
  const server = createServer((request, response) => {
    const answer = async (): Promise<void> => {
      const isStream = (await readBody(request)).includes('"stream":true')
      const type = isStream ? 'text/event-stream' : 'application/json'
      const body = request.method === 'GET' ? models : isStream ? stream : whole
      response.writeHead(200, { 'content-type': type }).end(body)
    }
    answer().catch((error: Error) => response.destroy(error))
  })
  server.keepAliveTimeout = 60_000
  server.listen(0, '127.0.0.1', () => {
    const address = server.address()
    process.send?.(typeof address === 'object' ? address?.port : undefined)
  })
  process.on('disconnect', () => process.exit())
}
