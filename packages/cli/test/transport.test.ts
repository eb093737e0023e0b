import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { transferColors } from '@opt/color-transfer'
import type { Status } from '@opt/core'
import { decodeImage, encodePng } from '@opt/datasets'
import { main } from '../src/main.ts'
import { Problem } from '../src/problem.ts'
import { doubtOf } from '../src/transport/doubt.ts'
import { memoryTerminal } from './terminal.ts'

function paint(width: number, height: number, color: (x: number, y: number) => number[]) {
  const data = new Uint8Array(3 * width * height)
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) data.set(color(x, y), 3 * (y * width + x))
  return { width, height, channels: 3 as const, data }
}

/** A bluish sky over dark green ground. */
const scene = paint(96, 64, (x, y) => (y < 40 ? [150 + y, 180 + y, 215 + (x >> 3)] : [30 + (x % 7), 60 + (x % 5), 20]))

/** Orange from dark to bright. */
const sunset = paint(80, 60, (x, y) => [80 + 2 * x, 40 + x + y, 20 + y])

describe('opt transport', () => {
  let folder: string
  const file = (name: string) => join(folder, name)
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'opt-transport-'))
    writeFileSync(file('scene.png'), await encodePng(scene))
    writeFileSync(file('sunset.png'), await encodePng(sunset))
    writeFileSync(file('text.png'), 'no picture')
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  const opt = async (...words: string[]) => {
    const terminal = memoryTerminal()
    const code = await main(['transport', ...words], { papers: [], terminal })
    return { code, out: terminal.stdout(), err: terminal.stderr() }
  }

  test('writes the picture and prints cost, iterations and time', async () => {
    const words = [file('scene.png'), file('sunset.png'), '-o', file('out.png'), '--samples', '150', '--seed', '2']
    const { code, out, err } = await opt(...words)
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(out).toMatch(/^cost +0\.\d+ .*\niterations +\d+, converged, .*\ntime .* for 96 x 64 pixels$/m)
    const picture = await decodeImage(readFileSync(file('out.png')))
    expect([...picture.data]).toEqual([...transferColors(scene, sunset, { samples: 150, seed: 2 }).picture.data])
  })

  test('an inexact plan gives exit code 1', async () => {
    const out = file('doubtful.png')
    const words = ['--samples', '20', '--epsilon', '1e-16']
    const { code, out: said, err } = await opt(file('scene.png'), file('sunset.png'), '-o', out, ...words)
    expect(said).toContain(', stalled, marginal error ')
    expect(err).toMatch(/^opt: the colours may be off: the solver could not make the plan exact \(stalled after /)
    expect(err).toContain('A larger --epsilon than 1e-16 is easier.')
    expect(code).toBe(1)
    expect((await decodeImage(readFileSync(out))).width).toBe(96)
  })

  test('pictures and numbers that do not work are refused in one line', async () => {
    writeFileSync(file('clear.png'), await encodePng({ width: 1, height: 1, channels: 4, data: new Uint8Array(4) }))
    const clear = await opt(file('clear.png'), file('sunset.png'), '-o', file('none.png'))
    expect(clear.err).toBe('opt: from must be a picture with a visible pixel, got one that is wholly transparent')
    const tiny = await opt(file('scene.png'), file('sunset.png'), '-o', file('none.png'), '--epsilon', '5e-324')
    expect(tiny.err).toMatch(/^opt: epsilon must be of a size with the range of cost \(.*\), got 5e-324$/)
    expect([clear.code, tiny.code, existsSync(file('none.png'))]).toEqual([1, 1, false])
  })

  test.each([
    [['nope.png', 'sunset.png', '-o', 'x.png'], /cannot read .*nope\.png: there is no such file/],
    [['scene.png', 'text.png', '-o', 'x.png'], /text\.png is no picture that can be read/],
    [['scene.png', 'sunset.png'], /where to\? Give -o FILE\.png/],
    [['scene.png', 'sunset.png', '-o', 'x.jpg'], /--out must end in \.png/],
    [['scene.png', 'sunset.png', '-o', 'none/x.png'], /there is no folder .*none/],
    [
      ['scene.png', 'sunset.png', '-o', 'x.png', '--strength', '2'],
      /--strength must be a finite number between 0 and 1, got 2/,
    ],
    [['scene.png', 'sunset.png', '-o', 'x.png', '--epsilon', '0'], /--epsilon must be a positive number, got 0/],
    [
      ['scene.png', 'sunset.png', '-o', 'x.png', '--samples', '1'],
      /--samples must be an integer between 2 and 4000, got 1/,
    ],
    [['scene.png'], /missing required args/],
  ])('refuses %j', async (words, message) => {
    const { code, out, err } = await opt(...words.map((word) => (/\.(png|jpg)$/.test(word) ? file(word) : word)))
    expect(code).toBe(1)
    expect(out).toBe('')
    expect(err).toMatch(message)
  })
})

describe('explanations of an inexact plan', () => {
  const end = (status: Status) => ({ status, message: 'sinkhornNewton: this is why' })
  const off = (what: string) => `the colours may be off: the solver ${what} before the plan was exact (this is why)`

  test.each<[Status, string | undefined]>([
    ['converged', undefined],
    ['completed', undefined],
    ['max-iterations', off('used up its iterations')],
    ['stopped', off('was stopped')],
    ['aborted', off('was stopped')],
    ['time-budget', off('used up its time')],
    ['stalled', 'the colours may be off: the solver could not make the plan exact (this is why)'],
  ])('%s: the picture is written', (status, said) => expect(doubtOf(end(status))).toBe(said))

  test.each<[Status, string]>([
    ['diverged', "the solver's numbers overflowed (this is why); no picture is written"],
    ['infeasible', 'no plan carries the one palette onto the other (this is why); no picture is written'],
  ])('%s: none is', (status, said) => expect(() => doubtOf(end(status))).toThrow(new Problem(said)))
})
