import { createHash, hash } from 'node:crypto'
import type { Sha256 } from '../../core/cache/key.js'

export const sha256: Sha256 = Object.assign((data: string | Uint8Array) => hash('sha256', data, 'hex'), {
  begin() {
    const open = createHash('sha256')
    return {
      update: (piece: string) => void open.update(piece, 'utf8'),
      digest: () => open.digest('hex'),
    }
  },
})
