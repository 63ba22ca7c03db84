import assert from 'node:assert/strict'
import { crashError, findCulprits } from '../../../../src/platform/llama/crashReport.js'

const a = { path: '/models/a.gguf', fingerprint: '1' }
const b = { path: '/models/b.gguf', fingerprint: '1' }

describe('blame for a crash', () => {
  it('falls on the file that was being loaded', () => {
    const jobs = [
      { file: a, started: true },
      { file: b, started: true },
    ]
    assert.deepEqual(findCulprits(jobs, new Set([b.path])), [b])
  })

  it('falls on the files in use where none was being loaded', () => {
    const jobs = [
      { file: a, started: true },
      { file: a, started: true },
      { file: b, started: false },
    ]
    assert.deepEqual(findCulprits(jobs, new Set()), [a])
  })

  it('falls on nobody where several wait and none has started', () => {
    const jobs = [
      { file: a, started: false },
      { file: b, started: false },
    ]
    assert.deepEqual(findCulprits(jobs, new Set()), [])
  })

  it('tells the owner of the file what to do with it, and the others to try again', () => {
    const report = { how: 'SIGSEGV', complaint: 'GGML_ASSERT failed', culprits: [b] }
    const guilty = crashError(b, report)
    assert.match(guilty.message, /\(SIGSEGV\).*b\.gguf.*download it again/)
    assert.equal(guilty.retryable, false)
    const innocent = crashError(a, report)
    assert.match(innocent.message, /because of \/models\/b\.gguf.*a\.gguf.*send the request again/)
    assert.equal(innocent.retryable, true)
  })

  it('suspects memory when the system killed the process', () => {
    const error = crashError(a, { how: 'SIGKILL', complaint: undefined, culprits: [a] })
    assert.match(error.message, /memory may have run out/)
  })
})
