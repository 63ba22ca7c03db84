import { createEmitter } from '../../src/core/event.js'
import type { FileStore, Log, SecretStore } from '../../src/core/ports.js'
import type { Connection } from '../../src/core/provider.js'
import type { ConnectionProblem, Connections } from '../../src/core/registry/connections.js'

/** Makes every later call of a store fail, until it is told otherwise. */
interface Breakable {
  breakWith(error: Error | undefined): void
}

export interface MemorySecrets extends SecretStore, Breakable {
  readonly values: Map<string, string>
}

/** Announces every change, own or of another window, as VS Code's store does. */
export function createMemorySecrets(): MemorySecrets {
  const values = new Map<string, string>()
  const changed = createEmitter<string>()
  let broken: Error | undefined
  const check = (): void => {
    if (broken !== undefined) throw broken
  }
  return {
    values,
    breakWith: (error) => void (broken = error),
    onDidChange: changed.event,
    async get(name) {
      check()
      return values.get(name)
    },
    async set(name, value) {
      check()
      values.set(name, value)
      changed.fire(name)
    },
    async delete(name) {
      check()
      if (values.delete(name)) changed.fire(name)
    },
  }
}

export interface MemoryFiles extends FileStore, Breakable {
  readonly texts: Map<string, string>
  /** Names in the order in which they were written. */
  readonly written: string[]
}

/** Several users of one instance are several windows on the same files. */
export function createMemoryFiles(): MemoryFiles {
  const texts = new Map<string, string>()
  const written: string[] = []
  let broken: Error | undefined
  const check = (): void => {
    if (broken !== undefined) throw broken
  }
  return {
    texts,
    written,
    breakWith: (error) => void (broken = error),
    async read(name) {
      check()
      return texts.get(name)
    },
    async write(name, text) {
      check()
      written.push(name)
      texts.set(name, text)
    },
    async delete(name) {
      check()
      texts.delete(name)
    },
  }
}

export interface MemoryConnections extends Connections {
  setProblems(problems: readonly ConnectionProblem[]): void
}

export function createMemoryConnections(initial: readonly Connection[] = []): MemoryConnections {
  const changed = createEmitter<void>()
  let connections = [...initial]
  let problems: readonly ConnectionProblem[] = []
  return {
    list: () => connections,
    problems: () => problems,
    onDidChange: changed.event,
    setProblems(next) {
      problems = next
      changed.fire()
    },
    async save(connection) {
      const known = connections.some((entry) => entry.id === connection.id)
      connections = known
        ? connections.map((entry) => (entry.id === connection.id ? connection : entry))
        : [...connections, connection]
      changed.fire()
    },
    async remove(connectionId) {
      connections = connections.filter((entry) => entry.id !== connectionId)
      changed.fire()
    },
  }
}

export interface MemoryLog extends Log {
  /** `level message`, and the cause's message where there is one. */
  readonly lines: string[]
}

export function createMemoryLog(): MemoryLog {
  const lines: string[] = []
  const write = (level: string) => (message: string, cause?: unknown) => {
    const reason =
      cause === undefined ? '' : `: ${cause instanceof Error ? cause.message : JSON.stringify(cause)}`
    lines.push(`${level} ${message}${reason}`)
  }
  return {
    lines,
    trace: write('trace'),
    debug: write('debug'),
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
  }
}
