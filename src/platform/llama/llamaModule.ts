import type * as NodeLlamaCpp from 'node-llama-cpp'

export type LlamaModule = typeof NodeLlamaCpp

export interface LlamaEngine {
  readonly module: LlamaModule
  readonly llama: NodeLlamaCpp.Llama
  /** What llama.cpp itself complained about last, until it is taken. */
  takeComplaint(): string | undefined
}

/** Apple's own chips have one build, which serves their GPU; elsewhere the package brings the CPU's only. */
const usesMetal = process.platform === 'darwin' && process.arch === 'arm64'

/** Loads the native library, never compiling and never downloading anything. */
export async function loadLlama(
  specifier: string,
  log: (level: 'debug' | 'warn', message: string) => void,
): Promise<LlamaEngine> {
  const module: LlamaModule = await import(specifier)
  let complaint: string | undefined
  const llama = await module.getLlama({
    gpu: usesMetal ? 'metal' : false,
    build: 'never',
    skipDownload: true,
    progressLogs: false,
    // Each context states its threads; a common limit would make them wait for one another.
    maxThreads: 0,
    logLevel: module.LlamaLogLevel.warn,
    logger: (level, message) => {
      const failed = level === module.LlamaLogLevel.error || level === module.LlamaLogLevel.fatal
      if (failed) complaint ??= message.trim()
      log(failed ? 'warn' : 'debug', message.trim())
    },
  })
  return {
    module,
    llama,
    takeComplaint: () => {
      const taken = complaint
      complaint = undefined
      return taken
    },
  }
}
