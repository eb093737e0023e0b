import type { ControlValues, Demo, Figure, Frame, Image, Series } from '@opt/core'
import {
  conjugateGradient,
  dcdm,
  incompleteCholesky,
  multiLevelNetwork,
  type Network,
  type Poisson,
  poisson2d,
  pretrained,
  ritzDataset,
  type StepReport,
  trainDirections,
} from '@opt/deep-cd'

const CANVAS = 32
const PICTURE = 128
const STEPS = 400
const TOLERANCE = 1e-4
/** Floating-point operations a cell: a product with A 10, a dot product or an update 2. */
const NETWORK = 1620

const NETWORKS = ['pretrained', 'train it now', 'untrained']

/** Three obstacles to start with: a plate with a gap, a block, a hook. */
function obstacles(): number[] {
  const pixels = new Array<number>(CANVAS * CANVAS).fill(0)
  const block = (rows: [number, number], columns: [number, number]) => {
    for (let i = rows[0]; i < rows[1]; i++) for (let j = columns[0]; j < columns[1]; j++) pixels[i * CANVAS + j] = 255
  }
  block([6, 14], [15, 17])
  block([18, 26], [15, 17])
  block([20, 23], [5, 10])
  block([7, 9], [22, 28])
  block([9, 14], [26, 28])
  return pixels
}

function problemOf({ size, obstacles: pixels }: ControlValues): Poisson {
  const n = Number(size)
  const mask = Uint8Array.from({ length: n * n }, (_, p) => {
    const [i, j] = [Math.floor(p / n), p % n].map((v) => Math.floor((v * CANVAS) / n))
    return (pixels as number[])[i * CANVAS + j] > 127 ? 0 : 1
  })
  if (!mask.includes(1)) mask[0] = 1
  return poisson2d({ size: n, mask, fillPockets: true })
}

/** Sources and sinks in turn, each a small disc. */
function sources({ mask, shape: [n] }: Poisson, points: [number, number][]): Float64Array {
  return Float64Array.from(mask, (fluid, p) => {
    if (fluid === 0) return 0
    const [x, y] = [((p % n) + 0.5) / n, 1 - (Math.floor(p / n) + 0.5) / n]
    return points.reduce((sum, [a, b], k) => {
      const square = (x - a) * (x - a) + (y - b) * (y - b)
      return square < 0.001 ? sum + (k % 2 === 0 ? 1 : -1) : sum
    }, 0)
  })
}

interface Racer {
  label: string
  steps: Generator<StepReport & { rescued?: boolean; iteration: number }, unknown, void>
  x: Float64Array
  direction: Float64Array
  errors: number[]
  /** Floating-point operations a cell of an iteration; of conjugate gradients once they take over. */
  work: number
  rescuedAfter: number | undefined
  done: boolean
}

function advance(racer: Racer): void {
  const next = racer.steps.next()
  racer.done = next.done === true
  if (next.done) return
  const { direction, step, error, rescued, iteration } = next.value
  for (let i = 0; i < direction.length; i++) racer.x[i] += step * direction[i]
  racer.direction.set(direction)
  racer.errors.push(error)
  if (rescued) racer.rescuedAfter ??= iteration - 1
}

/** Zero dark, positive towards yellow, negative towards violet, obstacles grey. */
function paint(v: Float64Array, most: number, { mask, shape: [n] }: Poisson, label: string): Image {
  const side = Math.min(n, PICTURE)
  const data = new Uint8ClampedArray(3 * side * side)
  for (let p = 0; p < side * side; p++) {
    const [i, j] = [Math.floor(p / side), p % side].map((u) => Math.floor((u * n) / side))
    const at = i * n + j
    if (mask[at] === 0) data.set([126, 130, 138], 3 * p)
    else {
      // The square root shows how far small values reach.
      const t = Math.sqrt(Math.min(1, Math.abs(v[at]) / most))
      data.set(
        v[at] >= 0 ? [24 + 226 * t * t, 28 + 200 * t, 40 + 60 * t] : [28 + 150 * t, 26 + 60 * t * t, 44 + 205 * t],
        3 * p,
      )
    }
  }
  return { width: side, height: side, channels: 3, data, label }
}

const largest = (v: Float64Array) => v.reduce((most, entry) => Math.max(most, Math.abs(entry)), 1e-300)

function* run(values: ControlValues): Generator<Frame, void, void> {
  const network = values.network === NETWORKS[0] ? pretrained() : multiLevelNetwork({ seed: 1 })
  const losses: number[] = []
  if (values.network === NETWORKS[1]) yield* training(network, losses)
  const problem = problemOf(values)
  const { A, shape } = problem
  const b = sources(problem, values.sources as [number, number][])
  const direction = network.direction(shape)
  const limits = { tolerance: TOLERANCE, history: false }
  const racer = (label: string, steps: Racer['steps'], work: number): Racer => ({
    label,
    steps,
    work,
    x: new Float64Array(A.rows),
    direction: new Float64Array(A.rows),
    errors: [1],
    rescuedAfter: undefined,
    done: false,
  })
  const k = values.k as number
  const racers = [
    racer('DCDM', dcdm.steps(A, b, { ...limits, direction, orthogonalize: k }), NETWORK + 26 + 4 * k),
    racer('IC(0) CG', conjugateGradient.steps(A, b, { ...limits, preconditioner: incompleteCholesky(A) }), 36),
    racer('CG', conjugateGradient.steps(A, b, limits), 20),
  ]
  const most = largest(conjugateGradient(A, b, { preconditioner: incompleteCholesky(A), history: false }).x)
  for (let n = 1; racers.some(({ done }) => !done); n++) {
    // One iteration a frame at first; later frames take more, or CG would take minutes.
    for (let i = 0; i < Math.max(1, Math.floor(n / 6) - 2); i++) for (const one of racers) if (!one.done) advance(one)
    const last = Math.log10(
      Math.max(...racers.filter(({ done }) => !done).map(({ errors }) => errors[errors.length - 1]), TOLERANCE),
    )
    yield {
      figures: figures(racers, problem, most, losses),
      readout: racers.map(readout),
      progress: racers.every(({ done }) => done) ? 1 : Math.max(0, Math.min(0.99, last / Math.log10(TOLERANCE))),
    }
  }
}

/** The loss falls on three small empty boxes. */
function* training(network: Network, losses: number[]): Generator<Frame, void, void> {
  const sets = [16, 32, 64].map((size, k) => {
    const { A, shape } = poisson2d({ size })
    const samples = ritzDataset(A, { vectors: [128, 200, 200][k], count: [400, 300, 200][k], seed: size })
    return { A, shape, samples, batch: [16, 4, 1][k] }
  })
  for (const { loss, iteration } of trainDirections.steps(network, sets, { steps: STEPS, seed: 1 })) {
    losses.push(loss / 3)
    if (iteration % 8 !== 0) continue
    const readout: Frame['readout'] = [
      ['training on empty boxes, step', `${iteration} of ${STEPS}`],
      ['a direction leaves', `${(100 * Math.sqrt(losses[losses.length - 1])).toFixed(0)}% of the residual`],
    ]
    yield { figures: [lossFigure(losses)], readout, progress: iteration / STEPS }
  }
}

function lossFigure(losses: number[]): Figure {
  return {
    kind: 'line',
    title: 'Training: the mean loss',
    x: { label: 'step' },
    y: { label: 'loss', scale: 'log' },
    series: [{ label: 'loss', x: losses.map((_, i) => i + 1), y: [...losses] }],
  }
}

function figures(racers: Racer[], problem: Poisson, most: number, losses: number[]): Figure[] {
  const pictures = racers.map((one): Figure => {
    const pressure = paint(one.x, most, problem, 'pressure so far')
    const direction = paint(one.direction, largest(one.direction), problem, 'search direction')
    return { kind: 'images', title: `${one.label}, iteration ${one.errors.length - 1}`, images: [pressure, direction] }
  })
  const series = racers.map(
    ({ label, errors }): Series => ({ label, x: errors.map((_, i) => i), y: errors.map((v) => Math.max(v, 1e-12)) }),
  )
  return [
    ...pictures,
    {
      kind: 'line',
      title: 'Relative residual',
      x: { label: 'iteration' },
      y: { label: '|r| / |b|', scale: 'log' },
      series,
    },
    ...(losses.length > 0 ? [lossFigure(losses)] : []),
  ]
}

function readout({ label, errors, work, done, rescuedAfter }: Racer): [string, string] {
  const n = errors.length - 1
  const own = Math.min(n, rescuedAfter ?? n)
  const thousands = (own * work + (n - own) * 20) / 1000
  const rescue = rescuedAfter === undefined ? '' : `, CG since ${rescuedAfter}`
  return [label, `${n} iterations${done ? '' : ' …'}${rescue} (${thousands.toFixed(1)} kflop a cell)`]
}

const demo: Demo = {
  title: 'Paint obstacles, watch the race',
  intro:
    'Conjugate gradients reach one cell further with each iteration; the network, trained on small empty boxes, sees the whole grid at once. Paint walls it has never seen, move the source and the sink, make the grid larger: its count stays.',
  controls: [
    { kind: 'choice', name: 'size', label: 'cells along a side', options: ['32', '64', '128', '256'], value: '128' },
    { kind: 'choice', name: 'network', label: 'network', options: NETWORKS, value: NETWORKS[0] },
    { kind: 'range', name: 'k', label: 'directions kept, k', min: 0, max: 5, step: 1, value: 2 },
    { kind: 'pixels', name: 'obstacles', label: 'obstacles', width: CANVAS, height: CANVAS, value: obstacles() },
    {
      kind: 'points',
      name: 'sources',
      label: 'a source and a sink',
      value: [
        [0.2, 0.72],
        [0.72, 0.35],
      ],
    },
  ],
  run,
  code: ({ size, k, network, obstacles: pixels, sources: points }) => {
    const maker = network === NETWORKS[0] ? 'pretrained' : 'multiLevelNetwork'
    const rows = Array.from({ length: CANVAS }, (_, i) =>
      (pixels as number[]).slice(i * CANVAS, (i + 1) * CANVAS).reduce((bits, v) => 2 * bits + Number(v > 127), 0),
    )
    const places = (points as [number, number][]).map((point) => `[${point.map((v) => v.toFixed(3)).join(', ')}]`)
    const trained = network === NETWORKS[1] ? ' // then trainDirections: see the README' : ''
    return `import { conjugateGradient, dcdm, ${maker}, poisson2d } from '@opt/deep-cd'

const size = ${size}
const solid = [${rows.map((bits) => (bits === 0 ? '0' : `0x${bits.toString(16)}`)).join(', ')}]
const at = (v) => Math.floor((v * ${CANVAS}) / size)
const cells = Array.from({ length: size * size }, (_, p) => [Math.floor(p / size), p % size])
const mask = cells.map(([i, j]) => 1 - ((solid[at(i)] >>> (${CANVAS - 1} - at(j))) & 1))
const problem = poisson2d({ size, mask, fillPockets: true })

const near = ([i, j], [x, y]) => ((j + 0.5) / size - x) ** 2 + (1 - (i + 0.5) / size - y) ** 2 < 0.001
const sources = [${places.join(', ')}]
const b = cells.map((cell, p) => problem.mask[p] * sources.reduce((sum, s, k) => sum + (near(cell, s) ? 1 - 2 * (k % 2) : 0), 0))

const network = ${maker}(${network === NETWORKS[0] ? '' : '{ seed: 1 }'})${trained}
console.log(dcdm(problem.A, b, { direction: network.direction(problem.shape), orthogonalize: ${k} }).message)
console.log(conjugateGradient(problem.A, b).message)
`
  },
}
export default demo
