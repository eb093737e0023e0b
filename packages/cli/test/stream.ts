// What the tests of `opt stream` share: examples, the command in this process and as a process of its own.
import { execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { random } from '@opt/core'
import { main } from '../src/main.ts'
import { memoryTerminal } from './terminal.ts'

const BIN = fileURLToPath(new URL('../dist/bin.js', import.meta.url))

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'opt-stream-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

/** A file of this test's own folder. */
export const at = (name: string) => join(folder, name)
export const linesIn = (name: string) => readFileSync(at(name), 'utf8').trimEnd().split('\n')
export const json = (name: string) => JSON.parse(readFileSync(at(name), 'utf8'))

export async function opt(...words: string[]) {
  const terminal = memoryTerminal()
  const code = await main(words, { papers: [], terminal })
  return { code, out: terminal.stdout(), err: terminal.stderr() }
}

/** Lines that a plane separates but for noise. */
export function lines(count: number): string[] {
  const rng = random(3)
  return Array.from({ length: count }, () => {
    const [a, b] = [rng.normal(), rng.normal()]
    return `${a - b + 0.5 * rng.normal() > 0 ? '+1' : '-1'} 1:${a.toFixed(4)} 3:${b.toFixed(4)}`
  })
}

/**
 * Runs the built command on standard input, which is then closed; or presses Ctrl-C once the last line given
 * is learned. That is seen when there are 1, 2, 4, 8, ... lines: a row is shown.
 */
export function pipe(input: string[], words: string[], press: boolean) {
  return new Promise<{ code: number | null; out: string; err: string }>((resolve) => {
    const child = spawn(process.execPath, [BIN, 'stream', ...words], { cwd: folder })
    let [out, err] = ['', '']
    let pressed = !press
    child.stdout.on('data', (text) => {
      out += text
      if (!pressed && out.includes(` ${input.length}  `)) pressed = child.kill('SIGINT')
    })
    child.stderr.on('data', (text) => (err += text))
    child.on('close', (code) => resolve({ code, out, err }))
    child.stdin.write(`${input.join('\n')}\n`)
    if (!press) child.stdin.end()
  })
}

// Two days of examples, the state after the first as the first version saved it from standard input, and
// files with other labels and another first index: made for these tests.
export const day = (name: string) => fileURLToPath(new URL(`./fixtures/days/${name}`, import.meta.url))
export const [DAY1, DAY2, AFTER_DAY1] = [day('day1.svm'), day('day2.svm'), day('after-day1.json')]
/** Examples, log loss and errors of the last row. */
export const end = (out: string) =>
  out
    .split('\n')
    .filter((row) => /^ *\d/.test(row))
    .at(-1)!
    .trim()
    .split(/\s{2,}/)
    .filter((_, k) => k !== 2)
    .slice(0, 3)
export const BOTH_DAYS = ['100', '0.36381', '15.0%']

/** Runs a script of the shell; `opt stream` in it is the built command. */
export const shell = (script: string) =>
  execFileSync('bash', ['-c', `${script.replaceAll('opt stream', `"${process.execPath}" "${BIN}" stream`)}; true`], {
    cwd: folder,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  })
/** For a script: waits until a command succeeds, as long as process $pid lives. */
export const until = (command: string) =>
  `until ${command} 2> /dev/null || ! kill -0 $pid 2> /dev/null; do sleep 0.02; done`
