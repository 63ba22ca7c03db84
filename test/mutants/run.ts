/** Cuts each wire in turn and runs the tests that name it: one of them must fail. See scripts/test-mutants.mjs. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { readSources } from '../architecture/sources.js'
import { applyCut } from './applyCut.js'
import type { Cut } from './cut.js'
import { cuts } from './cuts.js'
import { findTests, runTests } from './tests.js'

const { values } = parseArgs({ options: { grep: { type: 'string', default: '' } } })
const product = readSources('src')
const tests = findTests()
const wanted = cuts.filter(({ row }) => new RegExp(values.grep).test(row))
const count = { passed: 0, failed: 0 }

function tell(isFound: boolean, line: string): void {
  count[isFound ? 'passed' : 'failed']++
  console.log(`  ${isFound ? '✔' : '✖'} ${line}`)
}

function describe({ row, symbol, wire, to }: Cut): string {
  const line = (text: string) => text.replaceAll(/\s+/g, ' ')
  return wire === undefined
    ? `${row}: ${line(to)}`
    : `${row}, in ${symbol}: ${line(wire)} → ${line(to) || 'nothing'}`
}

/** Whether a test has noticed it; a mutant that does not even run has not been noticed by any. */
async function isNoticed(cut: Cut, folder: string): Promise<boolean> {
  const { path, text } = applyCut(cut, product)
  const source = join(folder, `${cuts.indexOf(cut)}.ts`)
  await writeFile(source, text)
  const { failures } = await runTests(tests.naming(cut.row), { folder, cut: { path, source } })
  return failures.some(({ isBroken }) => !isBroken)
}

async function work(queue: Cut[], folder: string): Promise<void> {
  for (let cut = queue.shift(); cut !== undefined; cut = queue.shift()) {
    const start = performance.now()
    const found = await isNoticed(cut, folder)
    tell(found, `${describe(cut)} (${((performance.now() - start) / 1_000).toFixed(1)} s)`)
  }
}

const folder = await mkdtemp(join(tmpdir(), 'roundhouse-mutants-'))
try {
  const rows = [...new Set(wanted.map(({ row }) => row))]
  const whole = await runTests(tests.naming(...rows), { folder })
  for (const { title, message } of whole.failures) tell(false, `without a cut: ${title}: ${message}`)
  tell(whole.passes > 0 && whole.failures.length === 0, `${whole.passes} tests pass without a cut`)
  const queue = whole.failures.length === 0 ? [...wanted] : []
  const workers = Array.from({ length: Math.max(1, Math.min(2, availableParallelism())) })
  await Promise.all(workers.map(() => work(queue, folder)))
} finally {
  await rm(folder, { recursive: true, force: true })
}
console.log(`${count.passed} passed, ${count.failed} failed`)
process.exitCode = count.failed > 0 ? 1 : 0
