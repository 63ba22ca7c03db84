import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'

export interface SocketRequest {
  /** From 0, in the order of their coming, over all connections. */
  readonly index: number
  /** From 0, of this connection. */
  readonly turn: number
  readonly head: string
  readonly body: string
  readonly socket: Socket
}

export interface ClosingServer {
  readonly origin: string
  readonly requests: readonly SocketRequest[]
  readonly connections: number
  close(): Promise<void>
}

/** A whole answer that promises to keep the connection. */
export function keptAnswer(body: string, type = 'application/json'): string {
  return `HTTP/1.1 200 OK\r\nContent-Type: ${type}\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: keep-alive\r\nKeep-Alive: timeout=5, max=100\r\n\r\n${body}`
}

/** Plain TCP on 127.0.0.1: `answer` writes to the socket, and ends it as it likes. */
export async function createClosingServer(answer: (request: SocketRequest) => void): Promise<ClosingServer> {
  const requests: SocketRequest[] = []
  const sockets = new Set<Socket>()
  let connections = 0
  const server = createServer((socket) => {
    connections++
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    // A client that has gone is part of the script.
    socket.on('error', () => undefined)
    let text = ''
    let turn = 0
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1')
      for (let cut = cutRequest(text); cut !== undefined; cut = cutRequest(text)) {
        text = text.slice(cut.length)
        const request = { index: requests.length, turn: turn++, head: cut.head, body: cut.body, socket }
        requests.push(request)
        answer(request)
      }
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The server has no port.')
  return {
    origin: `http://127.0.0.1:${address.port}`,
    requests,
    get connections() {
      return connections
    },
    async close() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

function cutRequest(text: string) {
  const end = text.indexOf('\r\n\r\n')
  if (end === -1) return undefined
  const head = text.slice(0, end)
  const size = Number(/^content-length: *(\d+)/im.exec(head)?.[1] ?? 0)
  const length = end + 4 + size
  const body = text.slice(end + 4, length)
  return text.length < length ? undefined : { head, body: Buffer.from(body, 'latin1').toString(), length }
}
