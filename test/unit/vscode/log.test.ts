import assert from 'node:assert/strict'
import type { LogOutputChannel } from 'vscode'
import { ModelError } from '../../../src/core/errors.js'
import { createRedactor } from '../../../src/core/redact.js'
import { createLog } from '../../../src/vscode/log.js'

const secret = 'blue-team-token-77'
const levels = ['trace', 'debug', 'info', 'warn', 'error'] as const

function open() {
  const lines: string[] = []
  const write = (line: string | Error): void => void lines.push(String(line))
  const channel: Pick<LogOutputChannel, (typeof levels)[number]> = {
    trace: write,
    debug: write,
    info: write,
    warn: write,
    error: write,
  }
  const redactor = createRedactor()
  redactor.register(secret)
  return { lines, log: createLog(channel, redactor) }
}

describe('the log', () => {
  for (const level of levels) {
    it(`writes no secret at the level ${level}, registered or shaped like a key`, () => {
      const { lines, log } = open()
      log[level](`a ${secret} b sk-0123456789abcdefgh c http://me:pass@host d`)
      assert.deepEqual(lines, ['a [redacted] b [redacted] c http://[redacted]@host d'])
    })
  }

  it('writes no secret of a cause, of its cause, or of a request id', () => {
    const { lines, log } = open()
    const inner = new Error(`inner ${secret}`)
    const middle = new ModelError({
      code: 'provider-error',
      message: `middle ${secret}`,
      requestId: `req-${secret}`,
      cause: inner,
    })
    log.error(`outer ${secret}`, middle)
    log.error('outer', inner)
    log.error('outer', secret)
    assert.equal(lines.length, 3)
    assert.doesNotMatch(lines.join(), /blue-team/)
    assert.match(
      lines[0] ?? '',
      /outer \[redacted\]\n {2}provider-error \(request req-\[redacted\]\): middle/,
    )
    assert.match(lines[0] ?? '', /because .*inner \[redacted\]/)
  })
})
