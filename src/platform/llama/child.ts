// The process that runs llama.cpp; its parent may lose it, and it never outlives its parent.
import { loadLlama } from './llamaModule.js'
import { type FromChild, isToChild } from './protocol.js'
import { createWorker } from './worker.js'

const defaultModule = 'node-llama-cpp'

function send(message: FromChild): Promise<void> {
  return new Promise((resolve, reject) => {
    if (process.send === undefined) reject(new Error('there is no parent process'))
    else process.send(message, undefined, undefined, (error) => (error === null ? resolve() : reject(error)))
  })
}

const worker = createWorker({
  send,
  loadEngine: () =>
    loadLlama(process.argv[2] ?? defaultModule, (level, message) => {
      send({ type: 'log', level, message }).catch(() => undefined)
    }),
})

process.on('message', (message) => {
  if (isToChild(message)) worker.handle(message)
})
process.on('disconnect', () => process.exit())
