import { cbo, consensusHopping, gradientDescent, langevin, objectives, proximalHop } from '@opt/cbo'
import { type ControlValues, type Demo, type Figure, type Frame, type Image, log, random } from '@opt/core'

const { value, gradient } = objectives.canyon()
const SIZE = 176
const [LOW, HIGH] = [-4, 10]
const FRAMES = 60
const [DESCENT_STEPS, HOPS, MOVES] = [300, 4, 4]
const COLOURS = {
  descent: [255, 255, 255],
  langevin: [170, 170, 190],
  hops: [255, 90, 60],
  cloud: [255, 205, 40],
} as const
type Colour = readonly [number, number, number]

const coordinate = (pixel: number) => LOW + ((HIGH - LOW) * (pixel + 0.5)) / SIZE
const pixel = (v: number) => Math.floor(((v - LOW) / (HIGH - LOW)) * SIZE)

/** The canyon in colours: dark is low. */
function map(): Uint8ClampedArray {
  const data = new Uint8ClampedArray(3 * SIZE * SIZE)
  for (let r = 0; r < SIZE; r++)
    for (let c = 0; c < SIZE; c++) {
      const t = Math.min(1, log(1 + value([coordinate(c), coordinate(SIZE - 1 - r)])) / 4.6)
      data.set([30 + 90 * t * t, 40 + 130 * t, 90 + 100 * t], 3 * (r * SIZE + c))
    }
  return data
}

/** Paints a dot of the given radius. */
function paint(
  data: Uint8ClampedArray,
  [x, y]: ArrayLike<number> & Iterable<number>,
  colour: Colour,
  radius: number,
): void {
  for (let r = -radius; r <= radius; r++)
    for (let c = -radius; c <= radius; c++) {
      const [column, row] = [pixel(x) + c, SIZE - 1 - pixel(y) + r]
      if (column >= 0 && column < SIZE && row >= 0 && row < SIZE) data.set(colour, 3 * (row * SIZE + column))
    }
}

function* run({ start, alpha, width, sigma, particles }: ControlValues): Generator<Frame, void, void> {
  const [u, v] = (start as [number, number][])[0]
  const x0 = [LOW + (HIGH - LOW) * u, LOW + (HIGH - LOW) * v]
  const settings = {
    alpha: alpha as number,
    particles: particles as number,
    random: random(0),
    tolerance: 0,
    history: false,
  }
  let points: Float64Array[] = []
  const watched = {
    batch(cloud: Float64Array[]) {
      points = cloud
      return cloud.map(value)
    },
  }
  const quiet = { gradient, tolerance: 0, history: false, maxIterations: 1e6 }
  const runs = {
    descent: gradientDescent.steps(value, x0, quiet),
    langevin: langevin.steps(value, x0, { ...quiet, random: random(1) }),
    hops: consensusHopping.steps(value, x0, { ...settings, width: width as number, maxIterations: 1e6 }),
    cloud: cbo.steps(
      watched,
      { mean: x0, deviation: 0.5 },
      { ...settings, noise: 'isotropic', sigma: sigma as number, maxIterations: 1e6 },
    ),
  }
  const background = map()
  const sizes = { hops: [] as number[], cloud: [] as number[] }
  let at: Float64Array = Float64Array.from(x0)
  for (let frame = 1; frame <= FRAMES; frame++) {
    const ends = { descent: at, langevin: at, hops: at, cloud: at }
    for (const name of ['descent', 'langevin'] as const)
      for (let k = 0; k < DESCENT_STEPS; k++) {
        ends[name] = (runs[name].next().value as { x: Float64Array }).x
        if (k % 30 === 0) paint(background, ends[name], COLOURS[name], 0)
      }
    let before = at
    for (let k = 0; k < HOPS; k++) {
      const report = runs.hops.next().value as { consensus: Float64Array; effectiveSampleSize: number }
      before = at
      at = ends.hops = report.consensus
      sizes.hops.push(report.effectiveSampleSize)
      paint(background, at, COLOURS.hops, 0)
    }
    for (let k = 0; k < MOVES; k++) {
      const report = runs.cloud.next().value as { consensus: Float64Array; effectiveSampleSize: number }
      ends.cloud = report.consensus
      sizes.cloud.push(report.effectiveSampleSize)
    }
    const image = background.slice()
    for (const point of points) paint(image, point, COLOURS.cloud, 0)
    for (const name of ['descent', 'langevin', 'hops', 'cloud'] as const) paint(image, ends[name], COLOURS[name], 2)
    yield {
      figures: [picture(image), hopFigure(before, at, settings.alpha, width as number), sampleSizes(sizes)],
      readout: [
        ['gradient descent (white)', height(ends.descent)],
        ['annealed Langevin (grey)', height(ends.langevin)],
        ['consensus hopping (red)', height(ends.hops)],
        ['CBO (yellow)', height(ends.cloud)],
      ],
      progress: frame / FRAMES,
    }
  }
}

const height = (x: Float64Array) => `f = ${value(x).toFixed(3)}`

function picture(data: ArrayLike<number>): Figure {
  const image: Image = { width: SIZE, height: SIZE, channels: 3, data, label: 'x and y from -4 to 10' }
  return { kind: 'images', title: 'The canyon: the global minimum is at (0, 0)', images: [image] }
}

/** The last hop, and what infinitely many points would have done: a gradient step on the smoothed objective. */
function hopFigure(from: Float64Array, to: Float64Array, alpha: number, width: number): Figure {
  const many = proximalHop(value, from, { tau: alpha * width * width, alpha, particles: 4000 })
  const arrow = (label: string, end: Float64Array) => ({ label, x: [from[0], end[0]], y: [from[1], end[1]] })
  return {
    kind: 'line',
    title: 'The last hop, and a step along the smoothed gradient',
    x: { label: 'x' },
    y: { label: 'y' },
    series: [arrow('the hop', to), { ...arrow('-tau grad F, by 4000 points', many.x), dashed: true }],
  }
}

function sampleSizes({ hops, cloud }: { hops: number[]; cloud: number[] }): Figure {
  const steps = (values: number[]) => values.map((_, k) => k + 1)
  return {
    kind: 'line',
    title: 'Effective sample size: how many points decide',
    x: { label: 'step' },
    y: { label: 'points', scale: 'log' },
    series: [
      { label: 'hops', x: steps(hops), y: [...hops] },
      { label: 'CBO', x: steps(cloud), y: [...cloud] },
    ],
  }
}

const demo: Demo = {
  title: 'Jumping out of a canyon without a gradient',
  intro:
    'Gradient descent (white) is caught below the dam. A cloud (yellow) and wide hops (red) jump it; make the width 0.4, and the hops are caught too.',
  controls: [
    { kind: 'points', name: 'start', label: 'start', value: [[6 / 7, 6 / 7]] },
    { kind: 'range', name: 'width', label: 'width of a hop, s', min: 0.1, max: 1.5, step: 0.05, value: 0.7 },
    { kind: 'range', name: 'sigma', label: 'noise of the cloud, sigma', min: 0.2, max: 3, step: 0.1, value: 1.6 },
    { kind: 'range', name: 'alpha', label: 'alpha', min: 1, max: 1e4, log: true, value: 100 },
    { kind: 'range', name: 'particles', label: 'points', min: 10, max: 500, step: 10, value: 200 },
  ],
  run,
  code: ({ start, alpha, width, sigma, particles }) => {
    const [u, v] = (start as [number, number][])[0]
    const x0 = [u, v].map((t) => (LOW + (HIGH - LOW) * t).toFixed(2)).join(', ')
    return `import { cbo, consensusHopping, objectives } from '@opt/cbo'

const { value } = objectives.canyon()
const x0 = [${x0}]
const settings = { alpha: ${alpha}, particles: ${particles}, maxIterations: 250 }
const hops = consensusHopping(value, x0, { ...settings, width: ${width} })
const cloud = cbo(value, { mean: x0, deviation: 0.5 }, { ...settings, noise: 'isotropic', sigma: ${sigma} })
console.log('hops end at', hops.consensus.join(' '))
console.log('the cloud ends at', cloud.consensus.join(' '))
`
  },
}
export default demo
