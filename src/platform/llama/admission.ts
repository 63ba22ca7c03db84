import { cancelled, ModelError } from '../../core/errors.js'
import { createTurnQueue } from '../../core/turnQueue.js'
import type { CrashMemory } from './crashMemory.js'
import { checkModelFile, type ModelFile, resolveModelPath } from './modelFile.js'

interface AdmissionOptions {
  readonly builtinFolder: string | undefined
  readonly allowed: () => boolean
  readonly crashes: CrashMemory
}

/** What a request has to pass before a process is started for it; throws ModelError. */
export type Admission = (file: string, signal: AbortSignal) => Promise<ModelFile>

/** Requests for one file are let through in the order in which they came. */
export function createAdmission({ builtinFolder, allowed, crashes }: AdmissionOptions): Admission {
  const turns = createTurnQueue()

  return async (name, signal) => {
    if (signal.aborted) throw cancelled(signal.reason)
    const path = resolveModelPath(name, builtinFolder)
    const leave = await turns.take(path, signal).catch((reason: unknown) => Promise.reject(cancelled(reason)))
    try {
      if (!allowed()) throw restricted()
      const file = await checkModelFile(path)
      crashes.check(file)
      if (signal.aborted) throw cancelled(signal.reason)
      return file
    } finally {
      leave()
    }
  }
}

function restricted(): ModelError {
  return new ModelError({
    code: 'forbidden',
    message:
      'Embedded models need a process of their own, which Restricted Mode does not allow: trust this workspace to use them.',
  })
}
