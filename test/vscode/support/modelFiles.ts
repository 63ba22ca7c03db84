import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TinyGgufOptions } from '../../../scripts/tiny-gguf.d.mts'

type Maker = (options: TinyGgufOptions) => Buffer

/** The scripts are ES modules to be run as they are, which a bundle of the tests cannot hold. */
const scripts = new URL('../../../scripts/', import.meta.url)

/** What the model says that comes with Roundhouse. */
export async function readWelcome(): Promise<string> {
  const script: { welcomeReply: string } = await import(new URL('tiny-gguf-welcome.mjs', scripts).href)
  return script.welcomeReply
}

export interface ModelFolder {
  readonly path: string
  /** Resolves with the file's path; `damage` changes its bytes. */
  write(name: string, options: TinyGgufOptions, damage?: (bytes: Buffer) => Buffer): Promise<string>
  remove(): Promise<void>
}

/** A folder for GGUF files of a test. */
export async function createModelFolder(): Promise<ModelFolder> {
  const script: { makeTinyGguf: Maker } = await import(new URL('tiny-gguf.mjs', scripts).href)
  const path = await mkdtemp(join(tmpdir(), 'roundhouse-models-'))
  return {
    path,
    async write(name, options, damage = (bytes) => bytes) {
      const file = join(path, name)
      await writeFile(file, damage(script.makeTinyGguf(options)))
      return file
    },
    remove: () => rm(path, { recursive: true, force: true }),
  }
}
