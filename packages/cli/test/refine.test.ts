import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { fitPolynomial, refineSchedule } from '@opt/lr-refinement'
import { main } from '../src/main.ts'
import { sparkArea } from '../src/terminal/spark-area.ts'
import { memoryTerminal } from './terminal.ts'

const norms = Float64Array.from({ length: 400 }, (_, t) => 0.5 + 3 * Math.exp(-t / 40) + ((t * 37) % 11) / 50)

describe('opt refine', () => {
  let folder: string
  const file = (name: string) => join(folder, name)
  const write = (name: string, content: string | Uint8Array) => writeFileSync(file(name), content)
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'opt-refine-'))
    write('norms.csv', Array.from(norms).join('\n'))
    write('log.csv', `epoch,grad_norm,loss\n${Array.from(norms, (v, t) => `${t >> 6},${v},${1 / (t + 1)}\n`).join('')}`)
    write('log.csv.gz', gzipSync(readFileSync(file('log.csv'))))
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  const opt = async (...words: string[]) => {
    const terminal = memoryTerminal()
    const code = await main(['refine', ...words], { papers: [], terminal })
    return { code, out: terminal.stdout(), err: terminal.stderr() }
  }

  test('writes the schedule as CSV and JSON, and draws it', async () => {
    const { code, out, err } = await opt(file('norms.csv'), '-o', file('schedule.csv'), '--peak', '0.3')
    expect({ code, err }).toEqual({ code: 0, err: '' })
    const { values, peakStep } = refineSchedule(norms, { peak: 0.3 })
    const lines = readFileSync(file('schedule.csv'), 'utf8').trimEnd().split('\n')
    expect(lines[0]).toBe('step,learning rate')
    expect(lines.slice(1)).toEqual(Array.from(values, (v, t) => `${t},${v}`))
    const { warmup, power } = fitPolynomial(values.map((v) => v / 0.3))
    expect(out).toContain(`norms       400 of ${file('norms.csv')}, median filter over 41 steps`)
    expect(out).toContain(
      `peak at step ${peakStep + 1}, like ${Math.round(100 * warmup)}% warm-up, then (1 - u)^${power}`,
    )
    expect(out).toMatch(/^worst case {2}0\.\d+ times that of linear decay/m)
    expect(out).toMatch(/^ +0\.3 .*▇/m)
    expect(out).toContain('400 steps')
    expect(out).toContain(`written to  ${file('schedule.csv')}`)

    await opt(file('log.csv.gz'), '--out', file('schedule.json'), '--peak', '0.3')
    expect(JSON.parse(readFileSync(file('schedule.json'), 'utf8'))).toEqual(Array.from(values))
  })

  test('finds the column of norms, or takes the one that is named', async () => {
    expect((await opt(file('log.csv'))).out).toContain('norms       400 in column grad_norm of')
    expect((await opt(file('log.csv'), '--column', 'loss', '--floor', '0.1')).out).toContain('in column loss of')
    expect((await opt(file('log.csv'), '--column', '1')).out).toContain('in column grad_norm of')
    write('two.csv', 'a;b\n1,5;2,5\n3,5;4,5\n')
    const { err } = await opt(file('two.csv'), '--decimal', ',')
    expect(err).toBe(`opt: which column of ${file('two.csv')} holds the norms? Give --column, one of a, b`)
    write('plain.csv', '1 2\n3 4\n')
    expect((await opt(file('plain.csv'), '--column', '1', '--header', 'false')).out).toContain('norms       2 of')
  })

  test('options reach the refinement; without l2 norms nothing is said about the bound', async () => {
    const words = ['--smoothing', '0.3', '--power', '1', '--floor', '0.5', '-o', file('options.json')]
    const { out } = await opt(file('norms.csv'), ...words)
    const { values } = refineSchedule(norms, { smoothing: 0.3, power: 1, floor: 0.5 })
    expect(JSON.parse(readFileSync(file('options.json'), 'utf8'))).toEqual(Array.from(values))
    expect(out).not.toContain('worst case')
    expect(out).toContain('median filter over 121 steps')
  })

  test('a report is one page with both curves', async () => {
    const { out } = await opt(file('log.csv'), '--report', file('report.html'))
    const page = readFileSync(file('report.html'), 'utf8')
    expect(page.match(/<svg/g)!.length).toBeGreaterThanOrEqual(2)
    expect(page).toContain('Refined schedule')
    expect(page).not.toMatch(/<script|https?:\/\/(?!www\.w3\.org)/)
    expect(out).toContain('report.html')
  })

  test('norms that fall far are mentioned', async () => {
    write('vanishing.csv', Array.from(norms, (_, t) => Math.exp(-t / 50)).join('\n'))
    const { code, err } = await opt(file('vanishing.csv'))
    expect(code).toBe(0)
    expect(err).toMatch(/^opt: the norms fell .*-fold\. If the problem is solved exactly, linear decay/)
  })

  test('standard input, and the schedule on standard output with the rest on stderr', async () => {
    const bin = fileURLToPath(new URL('../dist/bin.js', import.meta.url))
    const child = spawn(process.execPath, [bin, 'refine', '-o', '/dev/stdout'])
    const said = { out: '', err: '' }
    child.stdout.on('data', (chunk) => {
      said.out += chunk
    })
    child.stderr.on('data', (chunk) => {
      said.err += chunk
    })
    child.stdin.end(readFileSync(file('norms.csv')))
    const code = await new Promise((resolve) => child.on('close', resolve))
    expect(code).toBe(0)
    expect(said.out.split('\n')).toHaveLength(402)
    expect(said.out).toMatch(/^step,learning rate\n0,0\.\d+\n/)
    expect(said.err).toContain('400 of standard input')
  })

  test.each([
    [['nope.csv'], /cannot read .*nope\.csv: there is no such file/],
    [['norms.csv', '-o', 'x.png'], /--out must end in \.csv or \.json/],
    [['norms.csv', '-o', 'none/x.csv'], /--out: there is no folder .*none/],
    [['norms.csv', '--report', 'x.txt'], /--report must end in \.html, got .*x\.txt/],
    [['norms.csv', '-o', 'norms.csv'], /--out and the input are the same file/],
    [['norms.csv', '--smoothing', '0'], /--smoothing must be a positive number of at most 1, got 0/],
    [['norms.csv', '--power', '0'], /--power must be a positive number/],
    [['norms.csv', '--floor', '2'], /--floor must be a finite number between 0 and 1/],
    [['norms.csv', '--peak', 'high'], /--peak must be a positive number/],
    [
      ['log.csv', '--column', 'norm'],
      /--column: .*log\.csv has no column of numbers norm, only epoch, grad_norm, loss/,
    ],
    [['log.csv', '--column', '3'], /has no column of numbers 3/],
    [['empty.csv'], /empty\.csv holds no norms/],
    [['words.csv'], /words\.csv: line 3, column "norm": expected a finite number, found "two"/],
    [['diverged.csv'], /diverged\.csv: line 3, column "norm": expected a finite number, found "NaN"/],
    [['negative.csv'], /negative\.csv: norms\[1\] must be nonnegative, got -2/],
    [['zero.csv'], /zero\.csv: smoothed\[1\] must be positive \(where gradients vanish/],
    [['letters.csv', '--header', 'true'], /letters\.csv has no column of numbers/],
  ])('refuses %j in one line', async (words, message) => {
    write('empty.csv', '\n')
    write('words.csv', 'norm\n1\ntwo\n')
    write('diverged.csv', 'step,norm\n1,2\n2,NaN\n')
    write('negative.csv', '1\n-2\n')
    write('zero.csv', '1\n0\n0\n0\n2\n')
    write('letters.csv', 'a\nb\nc\n')
    const named = words.map((word) => (/\.(csv|png|txt)$/.test(word) ? file(word) : word))
    const { code, out, err } = await opt(...named)
    expect({ code, out }).toEqual({ code: 1, out: '' })
    expect(err.split('\n')[0]).toMatch(/^opt: /)
    expect(err).toMatch(message)
    expect(existsSync(file('x.png'))).toBe(false)
  })

  test('the drawing: each column a mean, from 0 to the largest value', () => {
    expect(sparkArea('s', [0, 1, 2, 4], { width: 4, height: 1 }).split('\n')).toEqual([
      '           s',
      '         4  ▂▄█',
    ])
    expect(sparkArea('s', [0, 0], { width: 4, height: 2 }).split('\n')).toEqual([
      '           s',
      '         0',
      '         0',
    ])
    expect(sparkArea('s', [1, 1, 3, 3], { width: 2, height: 2 }).split('\n').slice(1)).toEqual([
      '         3  █',
      '         0 ▅█',
    ])
  })
})
