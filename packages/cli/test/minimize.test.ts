import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { main } from '../src/main.ts'
import { memoryTerminal, screenTerminal } from './terminal.ts'
import { ifUnix } from './unix.ts'

const BIN = fileURLToPath(new URL('../dist/bin.js', import.meta.url))
const fixture = (name: string) => fileURLToPath(new URL(`./fixtures/minimize/${name}.mjs`, import.meta.url))
const BOWL = fixture('bowl')

async function opt(...words: string[]) {
  const terminal = memoryTerminal()
  const code = await main(['minimize', ...words], { papers: [], terminal })
  return { code, out: terminal.stdout(), err: terminal.stderr() }
}

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'opt-minimize-'))
})
afterAll(() => rmSync(folder, { recursive: true }))
const at = (name: string) => join(folder, name)
const json = (name: string) => JSON.parse(readFileSync(at(name), 'utf8'))
/** The lines without the time. */
const answer = (out: string) =>
  out
    .replace(/, [^,]*s$/m, '')
    .split('\n')
    .slice(0, 4)
const point = (out: string) => /^x +(.*)$/m.exec(out)![1]!.split(' ').map(Number)

test('prints the best point between bounds, about a start, and of named functions', async () => {
  const { code, out, err } = await opt(BOWL, '--lower', '-1,-5', '--upper', '5', '--seed', '3', '--sigma', '3')
  expect(code).toBe(0)
  expect(out).toMatch(/^x +\S+ \S+\nvalue +\S+\nsteps +\d+, converged\nevaluated +\d+ points, .* s$/)
  point(out).forEach((v, j) => expect(v).toBeCloseTo(j + 1, 2))
  expect(err).toMatch(/^step 1: best \S+, spread \S+\nstep 2: best/)
  const words = ['--start', '2,2,2', '--steps', '40', '--particles', '20', '--sigma', '3', '--alpha', '1e15']
  const plain = await opt(BOWL, ...words)
  expect(plain.out).toContain('steps      40, all that were allowed')
  expect(plain.out).toContain('evaluated  801 points')
  // The same numbers of a function that waits, and on threads.
  for (const more of [
    ['--export', 'later'],
    ['--workers', '3'],
    ['--export', 'later', '--workers', '2'],
  ])
    expect(answer((await opt(BOWL, ...words, ...more)).out)).toEqual(answer(plain.out))
  const other = await opt(BOWL, ...words, '--seed', '1')
  expect(answer(other.out)).not.toEqual(answer(plain.out))
  const bounded = await opt(
    BOWL,
    '--start',
    '0.5',
    '--dimension',
    '3',
    '--deviation',
    '2',
    '--upper',
    '1.5',
    '--steps',
    '60',
  )
  expect(Math.max(...point(bounded.out))).toBeLessThanOrEqual(1.5)
  const early = await opt(BOWL, '--start=2,2', '--target', '0.5')
  expect(early.out).toContain('the target is reached')
})

test('--resume goes on to the same numbers, with more steps', async () => {
  const start = ['--lower', '-4', '--upper', '4', '--dimension', '2', '--tolerance', '0', '--seed', '7']
  const whole = await opt(BOWL, ...start, '--steps', '30')
  await opt(BOWL, ...start, '--steps', '12', '--state', at('run.json'))
  expect(json('run.json').cloud.step).toBe(11)
  const { code, out, err } = await opt(BOWL, '--resume', at('run.json'), '--steps', '30', '--state', at('run.json'))
  expect(code).toBe(0)
  expect(err).not.toContain('changed')
  const saved = `\nsaved to   ${at('run.json')}`
  expect(out).toContain(saved)
  expect(answer(out)).toEqual(answer(whole.out))
  // The script may change, but not unnoticed.
  writeFileSync(at('bowl.mjs'), readFileSync(BOWL, 'utf8').replace('- 1', '- 2'))
  const changed = await opt(at('bowl.mjs'), '--resume', at('run.json'), '--steps', '31')
  expect(changed.err).toContain(`opt: ${at('bowl.mjs')} has changed since the state was saved.`)
})

test('what is wrong is refused, and nothing runs', async () => {
  await opt(BOWL, '--start', '1,1', '--steps', '3', '--state', at('good.json'))
  writeFileSync(at('text.json'), 'x')
  writeFileSync(at('other.json'), '{"digest":"a"}')
  const damaged = json('good.json')
  damaged.cloud.positions = 'AAAA'
  writeFileSync(at('damaged.json'), JSON.stringify(damaged))
  const start = ['--start', '1,1']
  for (const [words, text] of [
    [[BOWL], 'where to start? Give --lower and --upper, or --start'],
    [[BOWL, '--lower', '0,0'], 'where to start?'],
    [[BOWL, '--deviation', '1', '--lower', '0', '--upper', '1'], '--deviation needs --start'],
    [[BOWL, '--lower', '0,x', '--upper', '1'], '--lower must be numbers separated by commas, got 0,x'],
    [[BOWL, '--lower', '0,2', '--upper', '1'], '--lower must be below --upper, got 2 and 1'],
    [[BOWL, '--lower', '0,2', '--upper', '1,3,4'], '--lower has 2 numbers for 3 coordinates'],
    [[BOWL, ...start, '--deviation', '-1'], '--deviation must not be negative'],
    [[BOWL, ...start, '--workers', '0'], '--workers must be an integer'],
    [[BOWL, ...start, '--state', BOWL], '--state and the script must be different files'],
    [[BOWL, ...start, '--state', at('none/run.json')], '--state: '],
    [[at('none.mjs'), ...start], 'there is no such file'],
    [[fixture('broken'), ...start], 'broken.mjs cannot be loaded: no licence'],
    [[BOWL, ...start, '--export', 'none'], 'exports no function called none; it has default, later'],
    [[BOWL, ...start, '--export', 'text'], 'the function must return a number, got string at ['],
    [[BOWL, ...start, '--export', 'text', '--workers', '2'], 'the function must return a number, got string at ['],
    [[BOWL, ...start, '--export', 'never'], 'f must be below Infinity at some particle'],
    [[BOWL, '--resume', at('none.json')], '--resume: cannot read'],
    [[BOWL, '--resume', at('text.json')], 'is no state of opt minimize: it is not JSON'],
    [[BOWL, '--resume', at('other.json')], 'is no state of opt minimize'],
    [[BOWL, '--resume', at('damaged.json'), '--steps', '9'], 'start.positions must be base64'],
    [[BOWL, '--resume', at('good.json')], '--steps must be more than the 3 that the state has done'],
    [[BOWL, '--resume', at('good.json'), '--sigma', '3'], '--sigma is decided by the state that --resume continues'],
  ] as const) {
    const { code, out, err } = await opt(...words)
    expect([code, out, err]).toEqual([1, '', expect.stringContaining(text)])
  }
})

test('a script that fails says where, and what was found is kept', async () => {
  for (const workers of ['1', '2']) {
    const state = at(`failed-${workers}.json`)
    const words = ['--start', '1', '--deviation', '0.2', '--sigma', '14', '--export', 'throws']
    const { code, err } = await opt(BOWL, ...words, '--workers', workers, '--state', state)
    expect(code).toBe(1)
    expect(err).toMatch(/bowl\.mjs fails at \[3\.\d+\]: the simulator broke\nThe particles before are saved to /)
    expect(json(`failed-${workers}.json`).cloud.step).toBeGreaterThan(0)
  }
})

test('a terminal shows a progress bar', async () => {
  const { terminal, text } = screenTerminal(100)
  const words = ['minimize', fixture('slow'), '--start', '3', '--steps', '12', '--particles', '20']
  const drawn: string[] = []
  const bar = { ...terminal.bar!, write: (piece: string) => drawn.push(piece) && terminal.bar!.write(piece) }
  const code = await main(words, { papers: [], terminal: { ...terminal, bar: bar as NodeJS.WritableStream } })
  expect(code).toBe(0)
  expect(drawn.join('')).toMatch(/minimize █*░+ +\d+% {2}best \S+, spread /)
  expect(text()).toMatch(/^x +\S+\nvalue/)
})

ifUnix.each([
  ['SIGINT', 130, []],
  ['SIGTERM', 143, ['--workers', '2']],
] as const)('%s saves, and --resume ends in the same numbers', async (signal, expected, more) => {
  const script = fixture('slow')
  const words = ['--start', '3', '--particles', '20', '--tolerance', '0']
  const state = `${signal}.json`
  const { code, out } = await new Promise<{ code: number | null; out: string }>((resolve) => {
    const child = spawn(
      process.execPath,
      [BIN, 'minimize', script, ...words, ...more, '--steps', '100000', '--state', state],
      {
        cwd: folder,
      },
    )
    let text = ''
    child.stdout.on('data', (piece) => (text += piece))
    child.stderr.on('data', (piece) => String(piece).includes('step 4:') && child.kill(signal))
    child.on('close', (exit) => resolve({ code: exit, out: text }))
  })
  expect(code).toBe(expected)
  expect(out).toContain(`Saved to ${state}; \`opt minimize ${script} --resume ${state}\` continues.`)
  expect(existsSync(at(state))).toBe(true)
  const { step } = json(state).cloud
  const steps = String(step + 3)
  const resumed = await opt(script, '--resume', at(state), '--steps', steps)
  const whole = await opt(script, ...words, '--steps', steps)
  expect(answer(resumed.out)).toEqual(answer(whole.out))
})
