// A keyboard for the tests inside VS Code: only a user can type into its boxes, so they ask here for what is to be typed.
import { once } from 'node:events'
import { createServer } from 'node:http'
import { text } from 'node:stream/consumers'

/**
 * @typedef {object} Keyboard
 * @property {string} url `POST {"title": …, "text": …}` types the text into the box with that title and presses Enter
 * @property {(page: import('playwright-core').Page) => void} connect
 * @property {() => Promise<void>} close
 */

/** @returns {Promise<Keyboard>} */
export async function createKeyboard() {
  /** @type {import('playwright-core').Page | undefined} */
  let page
  const server = createServer((request, response) => {
    text(request)
      .then((body) => type(page, JSON.parse(body)))
      .then(
        () => response.end(),
        (error) => response.writeHead(500).end(String(error)),
      )
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('A TCP server has no port.')
  return {
    url: `http://127.0.0.1:${address.port}`,
    connect: (opened) => void (page = opened),
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

/**
 * @param {import('playwright-core').Page | undefined} page
 * @param {{ title: string, text: string }} question
 */
async function type(page, question) {
  if (page === undefined) throw new Error('VS Code is not open yet.')
  const widget = page.locator('.quick-input-widget', { hasText: question.title })
  await widget.locator('.quick-input-box input').fill(question.text, { timeout: 10_000 })
  await page.keyboard.press('Enter')
}
