import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { random, type Status } from '@opt/core'
import { decodeImage, encodePng } from '@opt/datasets'
import { doubtOf } from '../src/color/doubt.ts'
import { fromOklab, toOklab } from '../src/color/oklab.ts'
import { type Photograph, transportPalette } from '../src/index.ts'
import { main } from '../src/main.ts'
import { Problem } from '../src/problem.ts'
import { memoryTerminal } from './terminal.ts'

type Rgb = readonly [number, number, number]

function paint(width: number, height: number, color: (x: number, y: number) => Rgb): Photograph {
  const data = new Uint8Array(3 * width * height)
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) data.set(color(x, y), 3 * (y * width + x))
  return { width, height, channels: 3, data }
}

/** A bluish sky with noise of one or two steps over dark green ground with texture. */
function landscape(seed: number): Photograph {
  const rng = random(seed)
  return paint(96, 64, (x, y) => {
    const grain = rng.integer(-2, 3)
    if (y < 40) return [150 + y + grain, 180 + y + grain, 215 + (x >> 3) + grain]
    const leaf = rng.integer(0, 40)
    return [30 + leaf, 60 + leaf, 20 + (leaf >> 1)]
  })
}

/** Orange from dark to bright. */
const sunset = paint(80, 60, (x, y) => [80 + 2 * x, 40 + x + y, 20 + y])

const labOf = ({ channels, data }: Photograph, pixel: number) => {
  const lab = new Float64Array(3)
  toOklab(data[channels * pixel]!, data[channels * pixel + 1]!, data[channels * pixel + 2]!, lab)
  return lab
}

const meanLab = (picture: Photograph) => {
  const n = picture.width * picture.height
  const sum = [0, 0, 0]
  for (let p = 0; p < n; p++) labOf(picture, p).forEach((value, d) => (sum[d]! += value / n))
  return sum
}

const small = { samples: 60 }

describe('Oklab', () => {
  test('known colours', () => {
    const lab = new Float64Array(3)
    const known: [Rgb, Rgb][] = [
      [
        [255, 255, 255],
        [1, 0, 0],
      ],
      [
        [0, 0, 0],
        [0, 0, 0],
      ],
      [
        [255, 0, 0],
        [0.62796, 0.22486, 0.12585],
      ],
      [
        [0, 255, 0],
        [0.86644, -0.23389, 0.1795],
      ],
      [
        [0, 0, 255],
        [0.45201, -0.03246, -0.31153],
      ],
    ]
    for (const [[r, g, b], expected] of known) {
      toOklab(r, g, b, lab)
      expected.forEach((value, d) => expect(lab[d]).toBeCloseTo(value, 4))
    }
  })

  test('there and back gives the same bytes', () => {
    const rng = random(1)
    const lab = new Float64Array(3)
    const out = new Uint8Array(3)
    const changed: number[][][] = []
    for (let k = 0; k < 5000; k++) {
      const color = k < 256 ? [k, k, k] : [rng.integer(0, 256), rng.integer(0, 256), rng.integer(0, 256)]
      toOklab(color[0]!, color[1]!, color[2]!, lab)
      fromOklab(lab[0]!, lab[1]!, lab[2]!, out, 0)
      if (color.some((value, d) => value !== out[d])) changed.push([color, [...out]])
    }
    expect(changed).toEqual([])
  })

  test('a colour that cannot be shown keeps its hue and lightness', () => {
    const out = new Uint8Array(3)
    const lab = new Float64Array(3)
    for (const [L, a, b] of [
      [0.5, 0.3, 0.1],
      [0.7, -0.4, 0.2],
      [0.4, 0.1, -0.45],
      [0.9, 0.2, 0.2],
    ] as Rgb[]) {
      fromOklab(L, a, b, out, 0)
      toOklab(out[0]!, out[1]!, out[2]!, lab)
      expect(Math.abs(lab[0]! - L)).toBeLessThan(0.01)
      const cosine = (lab[1]! * a + lab[2]! * b) / Math.hypot(lab[1]!, lab[2]!) / Math.hypot(a, b)
      expect(cosine).toBeGreaterThan(0.998)
      expect(Math.hypot(lab[1]!, lab[2]!)).toBeLessThan(Math.hypot(a, b))
    }
    fromOklab(1.2, 0.1, 0, out, 0)
    expect([...out]).toEqual([255, 255, 255])
    fromOklab(-0.2, 0, 0, out, 0)
    expect([...out]).toEqual([0, 0, 0])
  })
})

describe('transportPalette', () => {
  const scene = landscape(3)

  test('equal pictures stay as they are, to the byte', () => {
    const { picture, cost, status } = transportPalette(scene, landscape(3), small)
    expect(picture).toEqual(scene)
    expect(status).toBe('converged')
    expect(cost).toBeLessThan(1e-3)
  })

  test('strength 0 changes nothing, half strength goes half the way', () => {
    const before = scene.data.slice()
    expect(transportPalette(scene, sunset, { ...small, strength: 0 }).picture).toEqual(scene)
    const [from, half, whole] = [
      meanLab(scene),
      meanLab(transportPalette(scene, sunset, { ...small, strength: 0.5 }).picture),
      meanLab(transportPalette(scene, sunset, small).picture),
    ]
    for (let d = 0; d < 3; d++) expect(half![d]).toBeCloseTo((from![d]! + whole![d]!) / 2, 1)
    expect(scene.data).toEqual(before)
  })

  test("the mean colour becomes the target's", () => {
    const { picture } = transportPalette(scene, sunset, small)
    const [ours, target] = [meanLab(picture), meanLab(sunset)]
    for (let d = 0; d < 3; d++) expect(Math.abs(ours[d]! - target[d]!)).toBeLessThan(0.02)
  })

  test('one colour onto one colour', () => {
    const red = paint(5, 4, () => [200, 30, 40])
    const blue = paint(3, 2, () => [20, 60, 180])
    const { picture, colors } = transportPalette(red, blue)
    expect(colors).toEqual({ from: 1, to: 1 })
    expect(picture).toEqual(paint(5, 4, () => [20, 60, 180]))
  })

  test('same seed, same bytes', () => {
    const once = transportPalette(scene, sunset, { ...small, seed: 5 })
    expect(transportPalette(scene, sunset, { ...small, seed: 5 })).toEqual(once)
    expect(transportPalette(scene, sunset, { ...small, seed: 6 }).picture).not.toEqual(once.picture)
  })

  test('no speckle: the grain of the sky is not amplified', () => {
    const { picture } = transportPalette(scene, sunset, small)
    const grain = (of: Photograph) => {
      let sum = 0
      for (let y = 8; y < 32; y++)
        for (let x = 8; x < 88; x++) sum += Math.abs(labOf(of, y * 96 + x)[0]! - labOf(of, y * 96 + x + 1)[0]!)
      return sum
    }
    expect(grain(picture)).toBeLessThan(1.5 * grain(scene))
  })

  test('no bands, and light stays lighter than dark: a grey ramp comes out smooth and in order', () => {
    const ramp = paint(256, 16, (x) => [x, x, x])
    const { picture } = transportPalette(ramp, sunset, small)
    const light = Array.from({ length: 256 }, (_, x) => labOf(picture, 8 * 256 + x)[0]!)
    const steps = light.slice(1).map((value, x) => value - light[x]!)
    // Bytes are rounded: a step back of half a byte is no disorder.
    expect(Math.min(...steps)).toBeGreaterThan(-0.003)
    // The darkest bytes are far apart in Oklab to begin with.
    expect(Math.max(...steps.slice(16))).toBeLessThan(0.02)
    expect(light[255]! - light[0]!).toBeGreaterThan(0.3)
  })

  test('opacity stays, and what cannot be seen has no say', () => {
    const data = new Uint8Array(4 * 64).map((_, k) => [200, 30 + (k >> 4), 40, 255][k % 4]!)
    const ghost = new Uint8Array([...data, ...new Uint8Array(4 * 64).map((_, k) => [0, 255, 0, 0][k % 4]!)])
    const clear = { width: 8, height: 8, channels: 4 as const, data }
    const haunted = { width: 8, height: 16, channels: 4 as const, data: ghost }
    const { picture } = transportPalette(haunted, sunset, small)
    expect(picture.data.filter((_, k) => k % 4 === 3)).toEqual(ghost.filter((_, k) => k % 4 === 3))
    expect(transportPalette(sunset, haunted, small).picture).toEqual(transportPalette(sunset, clear, small).picture)
  })

  test('a colour counts as much as it is seen, in the palette and in the transfer', () => {
    const rgba = (width: number, height: number, pixel: (x: number, y: number) => number[]) => {
      const data = new Uint8Array(4 * width * height)
      for (let k = 0; k < width * height; k++) data.set(pixel(k % width, Math.floor(k / width)), 4 * k)
      return { width, height, channels: 4 as const, data }
    }
    const from = paint(50, 50, (x, y) => [100 + x, 100 + y, 120])
    const onto = (opacity: number) => {
      const to = rgba(50, 50, (_, y) => (y < 5 ? [200, 30, 30, 255] : [30, 30, 200, opacity]))
      return meanLab(transportPalette(from, to, small).picture)
    }
    const apart = (p: number[], q: number[]) => Math.hypot(...p.map((value, d) => value - q[d]!))
    const [none, hardly, half, full] = [0, 1, 128, 255].map(onto) as [number[], number[], number[], number[]]
    expect(apart(none, hardly)).toBeLessThan(0.03)
    expect(apart(none, half)).toBeGreaterThan(0.2)
    expect(apart(half, full)).toBeLessThan(apart(none, full))

    // In the picture that is moved, too: beside a veil that is hardly seen, colours move as beside one that is not.
    const veiled = (opacity: number) =>
      rgba(50, 50, (x, y) => (x < 25 ? [100 + x, 100 + y, 120, 255] : [10, 250, 10, opacity]))
    const [clear, veil] = [0, 1].map((opacity) => transportPalette(veiled(opacity), sunset, small).picture)
    for (let k = 0; k < 2500; k++) {
      if (k % 50 >= 25) continue
      expect(apart([...labOf(clear!, k)], [...labOf(veil!, k)])).toBeLessThan(0.03)
    }
  })

  test('opaque pictures are what they are without opacity', () => {
    const opaque = (picture: Photograph) => {
      const data = new Uint8Array((picture.data.length / 3) * 4).fill(255)
      for (let k = 0; k < picture.data.length; k++) data[Math.floor(k / 3) * 4 + (k % 3)] = picture.data[k]!
      return { ...picture, channels: 4 as const, data }
    }
    const { picture } = transportPalette(scene, sunset, small)
    expect(transportPalette(opaque(scene), opaque(sunset), small).picture).toEqual(opaque(picture))
  })

  test.each([
    [{ samples: 1 }, /samples must be an integer between 2 and 4000, got 1/],
    [{ epsilon: 0 }, /epsilon must be a positive number, got 0/],
    [{ epsilon: NaN }, /epsilon must be/],
    [{ strength: 1.5 }, /strength must be .* between 0 and 1, got 1.5/],
  ])('refuses options %j', (options, message) => {
    expect(() => transportPalette(scene, sunset, options)).toThrow(message)
  })

  test.each<[Partial<Photograph>, RegExp]>([
    [{ width: 0 }, /from\.width must be/],
    [{ width: 95 }, /from\.data must be of length 18240, got length 18432/],
    [{ channels: 2 as 3 }, /from\.channels must be 3 or 4, got 2/],
    [{ channels: 4, data: new Uint8Array(4 * 96 * 64) }, /from must be a picture with a visible pixel/],
  ])('refuses picture %#', (wrong, message) => {
    expect(() => transportPalette({ ...scene, ...wrong }, sunset)).toThrow(message)
  })
})

describe('opt transport', () => {
  let folder: string
  const file = (name: string) => join(folder, name)
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'opt-transport-'))
    writeFileSync(file('scene.png'), await encodePng(landscape(3)))
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
    expect([...picture.data]).toEqual([
      ...transportPalette(landscape(3), sunset, { samples: 150, seed: 2 }).picture.data,
    ])
  })

  test('a plan that is not exact is no success', async () => {
    const out = file('doubtful.png')
    const words = ['--samples', '20', '--epsilon', '1e-16']
    const { code, out: said, err } = await opt(file('scene.png'), file('sunset.png'), '-o', out, ...words)
    expect(said).toContain(', stalled, marginal error ')
    expect(err).toMatch(/^opt: the colours may be off: the solver could not make the plan exact \(stalled after /)
    expect(err).toContain('A larger --epsilon than 1e-16 is easier.')
    expect(code).toBe(1)
    expect((await decodeImage(readFileSync(out))).width).toBe(96)
  })

  test('what the pictures or numbers do not allow is said in a line', async () => {
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

describe('what is said of a plan that is not exact', () => {
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
