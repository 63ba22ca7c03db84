import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { TinyGgufOptions } from '../../../../scripts/tiny-gguf.d.mts'
import { makeTinyGguf } from '../../../../scripts/tiny-gguf.mjs'
import type { ResponsePart } from '../../../../src/core/chat.js'
import { isModelError, type ModelError } from '../../../../src/core/errors.js'
import type { EmbeddedEngine, EngineRequest } from '../../../../src/core/ports.js'
import { createClock } from '../../../../src/platform/clock.js'
import { createEmbeddedEngine, type EmbeddedEngineOptions } from '../../../../src/platform/llama/engine.js'
import { createMemoryLog } from '../../../fakes/memoryStores.js'

const root = new URL('../../../../', import.meta.url)

/** The child as it is in the working tree, run from its TypeScript source. */
export const sourceProgram = {
  path: fileURLToPath(new URL('src/platform/llama/child.ts', root)),
  llamaModule: new URL('engine/node_modules/node-llama-cpp/dist/index.js', root).href,
  runtimeArguments: ['--import', new URL('test/register.mjs', root).href],
}

export interface ModelFolder {
  readonly path: string
  write(name: string, options: TinyGgufOptions): Promise<string>
  writeBytes(name: string, bytes: Uint8Array): Promise<string>
  remove(): Promise<void>
}

export async function createModelFolder(): Promise<ModelFolder> {
  const path = await mkdtemp(join(tmpdir(), 'roundhouse-models-'))
  const writeBytes = async (name: string, bytes: Uint8Array): Promise<string> => {
    await writeFile(join(path, name), bytes)
    return join(path, name)
  }
  return {
    path,
    writeBytes,
    write: (name, options) => writeBytes(name, makeTinyGguf(options)),
    remove: () => rm(path, { recursive: true, force: true }),
  }
}

export function createTestEngine(options: Partial<EmbeddedEngineOptions> = {}): EmbeddedEngine {
  return createEmbeddedEngine({
    program: sourceProgram,
    allowed: () => true,
    clock: createClock(),
    log: createMemoryLog(),
    environment: process.env,
    threads: 1,
    ...options,
  })
}

/** A folder for the tests of a `describe`. */
export function useModelFolder(): ModelFolder {
  let given: ModelFolder | undefined
  const current = (): ModelFolder => given ?? assert.fail('There is a folder only while tests run.')
  before(async () => {
    given = await createModelFolder()
  })
  after(() => given?.remove())
  return {
    get path() {
      return current().path
    },
    write: (name, options) => current().write(name, options),
    writeBytes: (name, bytes) => current().writeBytes(name, bytes),
    remove: () => current().remove(),
  }
}

/** An engine for the tests of a `describe`. */
export function useTestEngine(): EmbeddedEngine {
  const engine = createTestEngine()
  after(() => engine.dispose())
  return engine
}

export function ask(file: string, text: string, more: Partial<EngineRequest> = {}): EngineRequest {
  return { file, messages: [{ role: 'user', content: [{ type: 'text', text }] }], ...more }
}

export async function collect(parts: AsyncIterable<ResponsePart>): Promise<ResponsePart[]> {
  const all: ResponsePart[] = []
  for await (const part of parts) all.push(part)
  return all
}

export function textOf(parts: readonly ResponsePart[]): string {
  return parts.map((part) => (part.type === 'text' ? part.text : '')).join('')
}

export const never = new AbortController().signal

/** The ModelError with which a promise rejects. */
export async function failure(promise: Promise<unknown>): Promise<ModelError> {
  const error = await promise.then(
    () => assert.fail('it did not fail'),
    (reason: unknown) => reason,
  )
  assert.ok(isModelError(error), `not a ModelError: ${String(error)}`)
  return error
}

/** Pids of the processes that a log names: the engine reports each child that it starts. */
export function childPids(lines: readonly string[]): number[] {
  return lines.flatMap((line) => /process (\d+)/.exec(line)?.slice(1, 2).map(Number) ?? [])
}
