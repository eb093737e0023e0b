import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { decodeImage } from '@opt/datasets'
import { scene, unmix } from '@opt/spectral-unmixing'
import { main } from '../src/main.ts'
import { memoryTerminal, screenTerminal } from './terminal.ts'
import { ifUnix } from './unix.ts'

const BIN = fileURLToPath(new URL('../dist/bin.js', import.meta.url))

/** A MATLAB 5 file of double arrays, column-major. */
function matFile(variables: Record<string, { shape: number[]; data: ArrayLike<number> }>): Buffer {
  const element = (type: number, bytes: Buffer) => {
    const tag = Buffer.alloc(8)
    tag.writeUInt32LE(type, 0)
    tag.writeUInt32LE(bytes.length, 4)
    return Buffer.concat([tag, bytes, Buffer.alloc((8 - (bytes.length % 8)) % 8)])
  }
  const header = Buffer.alloc(128, ' ')
  header.writeUInt16LE(0x0100, 124)
  header.write('IM', 126)
  const arrays = Object.entries(variables).map(([name, { shape, data }]) =>
    element(
      14,
      Buffer.concat([
        element(6, Buffer.from(Uint32Array.of(6, 0).buffer)),
        element(5, Buffer.from(Int32Array.from(shape).buffer)),
        element(1, Buffer.from(name)),
        element(9, Buffer.from(Float64Array.from(data).buffer)),
      ]),
    ),
  )
  return Buffer.concat([header, ...arrays])
}

const { Y, badBands, rows, columns } = scene({ size: 4, bands: 30, endmembers: 3, badBands: 3, random: 5 })
const bands = 30
const pixels = rows * columns
/** Pixels listed by columns, as MATLAB does. */
const byColumns = (l: number) =>
  Float64Array.from({ length: pixels }, (_, p) => Y.data[l * pixels + (p % rows) * columns + Math.floor(p / rows)]!)
const cube = { shape: [rows, columns, bands], data: Array.from({ length: bands }, (_, l) => [...byColumns(l)]).flat() }
const spectra = Array.from({ length: bands }, (_, l) => byColumns(l))
const matrix = {
  shape: [bands, pixels],
  data: Array.from({ length: pixels }, (_, p) => spectra.map((row) => row[p]!)).flat(),
}
const one = (value: number) => ({ shape: [1, 1], data: [value] })

let folder: string
const at = (name: string) => join(folder, name)
async function opt(...words: string[]) {
  const terminal = memoryTerminal()
  const code = await main(['unmix', ...words], { papers: [], terminal })
  return { code, out: terminal.stdout(), err: terminal.stderr() }
}
/** The lines without the time. */
const facts = (out: string) => out.replace(/, [^,]* s$/m, '').split('\n')

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'opt-unmix-'))
  writeFileSync(at('cube.mat'), matFile({ cube, gain: one(2) }))
  writeFileSync(at('matrix.mat'), matFile({ Y: matrix, lines: one(rows), cols: one(columns) }))
  writeFileSync(at('bare.mat'), matFile({ Y: { shape: [pixels, bands], data: cube.data } }))
  writeFileSync(at('two.mat'), matFile({ a: cube, b: cube }))
  writeFileSync(at('none.mat'), matFile({ gain: one(2) }))
  const broken = { ...cube, data: cube.data.map((v, i) => (i === 3 ? -0.5 : v)) }
  writeFileSync(at('negative.mat'), matFile({ cube: broken }))
  writeFileSync(at('text.mat'), 'x')
})
afterAll(() => rmSync(folder, { recursive: true }))

test('maps, spectra, band weights and the bad bands of a cube', async () => {
  const words = [at('cube.mat'), '--endmembers', '3', '-o', at('maps.png'), at('report.html'), '--iterations', '60']
  const { code, out, err } = await opt(...words)
  expect(code).toBe(0)
  expect(err).toContain('iteration 1: objective 1.000 of the first')
  const answer = unmix(spectra, 3, { maxIterations: 60 })
  expect(out).toContain(`image       30 bands of 16 x 16 pixels in cube of ${at('cube.mat')}`)
  expect(out).toMatch(/^materials {3}1: \d+\.\d %, 2: \d+\.\d %, 3: \d+\.\d % of the image$/m)
  expect(out).toContain(`bad bands   ${Array.from(badBands, (l) => l + 1).join(', ')}`)
  expect(out).toMatch(/^iterations {2}60, all that were allowed, \d+\.\d s$/m)
  expect(out).toContain(`written to  ${at('maps.png')}, ${at('report.html')}`)
  const { width, height, data, channels } = await decodeImage(readFileSync(at('maps.png')))
  expect([width, height]).toEqual([36, 36])
  // The second picture is material 1.
  for (const [i, j] of [
    [0, 0],
    [3, 9],
    [15, 15],
  ] as const)
    expect(data[channels * (i * 36 + 20 + j)]).toBe(Math.round(255 * answer.abundances.data[j * 16 + i]!))
  const page = readFileSync(at('report.html'), 'utf8')
  for (const text of ['Spectra', 'Weights of the bands', 'material 3', 'bad bands']) expect(page).toContain(text)
  expect(page).not.toMatch(/<script|https?:\/\/(?!www\.w3\.org)/)
})

test('a matrix gives the same, its size in the file or typed', async () => {
  const words = ['--endmembers', '3', '--iterations', '20']
  const expected = facts((await opt(at('cube.mat'), ...words)).out).slice(1)
  expect(facts((await opt(at('matrix.mat'), ...words)).out).slice(1)).toEqual(expected)
  for (const size of [
    ['--rows', '16'],
    ['--columns', '16'],
    ['--rows', '16', '--columns', '16'],
  ])
    expect(facts((await opt(at('bare.mat'), ...words, ...size)).out).slice(1)).toEqual(expected)
  expect(facts((await opt(at('two.mat'), ...words, '--variable', 'b')).out).slice(1)).toEqual(expected)
  const plain = await opt(at('cube.mat'), ...words, '--loss', 'frobenius', '--sparsity', '0', '--seed', '1')
  expect(plain.out).toContain('bad bands   none')
  expect((await opt(at('negative.mat'), ...words, '--clip')).code).toBe(0)
})

test('--resume goes on to the same numbers', async () => {
  const whole = await opt(at('cube.mat'), '--endmembers', '3', '--iterations', '30', '-o', at('whole.png'))
  await opt(at('cube.mat'), '--endmembers', '3', '--iterations', '12', '--state', at('run.json'))
  const words = [at('cube.mat'), '--resume', at('run.json'), '--iterations', '30', '-o', at('rest.png')]
  const { code, out } = await opt(...words)
  expect(code).toBe(0)
  expect(facts(out).slice(0, 4)).toEqual(facts(whole.out).slice(0, 4))
  expect(readFileSync(at('rest.png'))).toEqual(readFileSync(at('whole.png')))
})

test('what is wrong is refused in one sentence, and nothing is written', async () => {
  const K = ['--endmembers', '3']
  await opt(at('cube.mat'), ...K, '--iterations', '3', '--state', at('good.json'))
  writeFileSync(at('other.json'), '{"digest":"a"}')
  const saved = JSON.parse(readFileSync(at('good.json'), 'utf8'))
  writeFileSync(at('damaged.json'), JSON.stringify({ ...saved, run: { ...saved.run, spectra: 'AAAA' } }))
  for (const [words, text] of [
    [[at('cube.mat')], 'how many materials? Give --endmembers'],
    [[at('cube.mat'), '--endmembers', '0'], '--endmembers must be an integer'],
    [[at('cube.mat'), '--endmembers', '40'], 'endmembers must be an integer between 1 and 30, got 40'],
    [[at('none'), ...K], 'there is no such file'],
    [[at('text.mat'), ...K], `${at('text.mat')}: byte 124: expected version 5`],
    [[at('none.mat'), ...K], 'has no cube or matrix of numbers'],
    [[at('two.mat'), ...K], 'is the image? Give --variable, one of a, b'],
    [[at('two.mat'), ...K, '--variable', 'c'], 'has no c, only a, b'],
    [[at('none.mat'), ...K, '--variable', 'gain'], 'is no cube or matrix of real numbers'],
    [[at('bare.mat'), ...K], 'is a 256 x 30 matrix: give --rows and --columns'],
    [[at('bare.mat'), ...K, '--rows', '7'], 'give --rows and --columns'],
    [[at('bare.mat'), ...K, '--rows', '6'], 'give --rows and --columns'],
    [[at('matrix.mat'), ...K, '--rows', '8'], '--rows is 8, but the file of'],
    [[at('cube.mat'), ...K, '--rows', '7'], '--rows is 7, but cube of'],
    [[at('negative.mat'), ...K], 'Y[0][3] must be nonnegative, got -0.5'],
    [[at('cube.mat'), ...K, '-o', at('maps.jpg')], '--out must end in .png'],
    [[at('cube.mat'), at('x.txt'), ...K], 'the report must end in .html'],
    [[at('cube.mat'), at('none/x.html'), ...K], 'the report: '],
    [[at('cube.mat'), ...K, '--state', at('cube.mat')], '--state and the image are the same file'],
    [[at('cube.mat'), ...K, '--loss', 'l1'], '--loss must be one of l21, frobenius'],
    [[at('cube.mat'), '--resume', at('none.json')], '--resume: cannot read'],
    [[at('cube.mat'), '--resume', at('text.mat')], 'it is not JSON'],
    [[at('cube.mat'), '--resume', at('other.json')], 'is no state of opt unmix'],
    [[at('cube.mat'), '--resume', at('good.json')], '--iterations must be more than the 3 that the state has done'],
    [[at('cube.mat'), '--resume', at('good.json'), '--sparsity', '3'], '--sparsity is decided by the state'],
    [[at('negative.mat'), '--resume', at('good.json')], 'is the state of another image'],
    [[at('cube.mat'), '--resume', at('damaged.json'), '--iterations', '9'], 'resume.spectra must be base64'],
  ] as const) {
    const { code, out, err } = await opt(...words)
    expect([code, out, err]).toEqual([1, '', expect.stringContaining(text)])
  }
  expect(existsSync(at('maps.jpg'))).toBe(false)
})

test('a terminal shows a progress bar', async () => {
  const { terminal, text } = screenTerminal(100)
  const drawn: string[] = []
  const bar = { ...terminal.bar!, write: (piece: string) => drawn.push(piece) && terminal.bar!.write(piece) }
  const words = ['unmix', at('cube.mat'), '--endmembers', '3', '--iterations', '3000']
  expect(await main(words, { papers: [], terminal: { ...terminal, bar: bar as NodeJS.WritableStream } })).toBe(0)
  expect(drawn.join('')).toMatch(/unmix █*░+ +\d+% {2}objective 0\.\d+ of the first/)
  expect(text()).toMatch(/^image/)
})

ifUnix.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('%s saves, and --resume ends in the same numbers', async (signal, expected) => {
  const state = `${signal}.json`
  const words = [at('cube.mat'), '--endmembers', '3', '--iterations', '1000000', '--state', state]
  const { code, out } = await new Promise<{ code: number | null; out: string }>((resolve) => {
    const child = spawn(process.execPath, [BIN, 'unmix', ...words], { cwd: folder })
    let text = ''
    child.stdout.on('data', (piece) => (text += piece))
    child.stderr.on('data', (piece) => String(piece).includes('iteration 4:') && child.kill(signal))
    child.on('close', (exit) => resolve({ code: exit, out: text }))
  })
  expect(code).toBe(expected)
  expect(out).toContain(`Saved to ${state}; \`opt unmix ${at('cube.mat')} --resume ${state}\` continues.`)
  const { iteration } = JSON.parse(readFileSync(at(state), 'utf8')).run
  const more = String(iteration + 3)
  const resumed = await opt(at('cube.mat'), '--resume', at(state), '--iterations', more)
  const whole = await opt(at('cube.mat'), '--endmembers', '3', '--iterations', more)
  expect(facts(resumed.out).slice(0, 4)).toEqual(facts(whole.out).slice(0, 4))
})
