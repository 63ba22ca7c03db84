import { type ChildProcess, fork } from 'node:child_process'
import type { Environment, Log } from '../../core/ports.js'

/** What runs as the child. */
export interface ChildProgram {
  /** Absolute path of the bundled child. */
  readonly path: string
  /** Where node-llama-cpp is, as a module specifier; found beside the child where absent. */
  readonly llamaModule?: string
  /** Options of the JavaScript runtime itself. */
  readonly runtimeArguments?: readonly string[]
}

/** What the operating system needs to run a program; nothing else of the environment reaches the child, keys least of all. */
const passedVariables = [
  'PATH',
  'HOME',
  'USERPROFILE',
  'LOCALAPPDATA',
  'APPDATA',
  'SystemRoot',
  'TEMP',
  'TMP',
  'TMPDIR',
  'LANG',
  'LD_LIBRARY_PATH',
  'DYLD_LIBRARY_PATH',
]

const childVariables = {
  // In VS Code this process is Electron's; the variable makes it run the child as plain Node.
  ELECTRON_RUN_AS_NODE: '1',
  // An aborting llama.cpp would otherwise start a debugger on itself, which takes seconds.
  GGML_NO_BACKTRACE: '1',
}

/** llama.cpp's last words; they say why it aborted. */
const keptLines = 20

export interface ChildOutput {
  readonly process: ChildProcess
  /** The line in which native code complained, once the process has ended. */
  lastComplaint(): string | undefined
}

export function forkChild(program: ChildProgram, environment: Environment, log: Log): ChildOutput {
  const passed = passedVariables.flatMap((name) => {
    const value = environment[name]
    return value === undefined ? [] : [[name, value] as const]
  })
  const child = fork(program.path, program.llamaModule === undefined ? [] : [program.llamaModule], {
    env: { ...Object.fromEntries(passed), ...childVariables },
    execArgv: [...(program.runtimeArguments ?? [])],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  log.debug(`The embedded engine runs as process ${child.pid}.`)
  const lines: string[] = []
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    for (const line of text.split('\n').filter((part) => part.trim() !== '')) {
      lines.push(line.trim())
      log.debug(`llama.cpp: ${line.trim()}`)
    }
    lines.splice(0, lines.length - keptLines)
  })
  return {
    process: child,
    lastComplaint: () => lines.find((line) => line.includes('GGML_ASSERT')) ?? lines.at(-1),
  }
}
