// `npm start`: from a fresh clone to a real VS Code with the extension in it. Needs only Node 20 and npm.
import { parseArgs } from 'node:util'
import { runMain, SetupError } from './lib/errors.mjs'
import { createProgress } from './lib/progress.mjs'
import { openDesktop } from './lib/start-desktop.mjs'
import { serveVsCode } from './lib/start-server.mjs'

const help = `npm start                 build the extension, start a VS Code with it, print its URL
npm start -- --port 8200  the same, on this port
npm start -- --desktop    install the extension into the desktop VS Code on the PATH and open it`

await runMain(async () => {
  const options = readOptions()
  if (options.help) {
    console.log(help)
    return
  }
  const step = createProgress()
  await (options.desktop ? openDesktop(step) : serveVsCode(step, options.port))
})

function readOptions() {
  const { values } = parseArgs({
    options: {
      port: { type: 'string' },
      desktop: { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
  })
  const { port } = values
  const isPort = port === undefined || (/^\d+$/.test(port) && Number(port) > 0 && Number(port) < 65_536)
  if (!isPort) throw new SetupError(`--port takes a number from 1 to 65535, not "${port}".`)
  return { ...values, port: port === undefined ? undefined : Number(port) }
}
