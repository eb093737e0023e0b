import { type ControlValues, type Demo, exp, type Figure, type Frame, type Random, random, softplus } from '@opt/core'
import {
  constantWeights,
  fitPolynomial,
  NormRecorder,
  optimalWeights,
  type RefinedSchedule,
  refineSchedule,
  schedule,
} from '@opt/lr-refinement'

const T = 600
const BARS = 24
const RATE = 4
const SLICE = 20

/** Noisy two-class data in the plane, drawn once. */
const rows = ((rng: Random) =>
  Array.from({ length: 300 }, () => {
    const label = rng.uniform() < 0.5 ? 1 : -1
    const noisy = rng.uniform() < 0.15 ? -label : label
    return { x: [rng.normal() + label, rng.normal() - label, 1], label: noisy }
  }))(random(1))

/** Logistic regression by SGD with batches of 8, from a bad start. */
class Training {
  readonly w = [-6, 6, 3]
  readonly recorder = new NormRecorder()
  readonly losses: number[] = []
  readonly #rng = random(2)
  readonly #values: Float64Array
  step = 0

  constructor(values: Float64Array) {
    this.#values = values
  }

  /** Takes some steps, and notes the loss of all rows. */
  run(count: number): void {
    for (const until = Math.min(T, this.step + count); this.step < until; this.step++) {
      const g = [0, 0, 0]
      for (let k = 0; k < 8; k++) {
        const { x, label } = rows[this.#rng.integer(0, rows.length)]
        const slope = -label / (1 + exp(label * this.#score(x))) / 8
        for (let j = 0; j < 3; j++) g[j] += slope * x[j]
      }
      this.recorder.record(g)
      for (let j = 0; j < 3; j++) this.w[j] -= RATE * this.#values[this.step] * g[j]
    }
    this.losses.push(rows.reduce((sum, { x, label }) => sum + softplus(-label * this.#score(x)), 0) / rows.length)
  }

  #score(x: number[]): number {
    return x[0] * this.w[0] + x[1] * this.w[1] + x[2] * this.w[2]
  }
}

const linear = schedule('linear', { steps: T })
const steps = Float64Array.from(linear, (_, t) => t + 1)

/** The drawn curve as norms of T steps. */
const drawn = (bars: number[]) =>
  Float64Array.from(steps, (_, t) => {
    const at = Math.min(BARS - 1, (t * BARS) / T)
    const i = Math.min(BARS - 2, Math.floor(at))
    return Math.max(0.02, bars[i] + (at - i) * (bars[i + 1] - bars[i]))
  })

function* run({ source, curve, smoothing, power }: ControlValues): Generator<Frame, void, void> {
  const options = { smoothing: smoothing as number, power: power === '1 (Adam)' ? 1 : 2, floor: 0.01 }
  const first = new Training(linear)
  let norms: Float64Array = drawn(curve as number[])
  if (source === 'the live run') {
    while (first.step < T) {
      first.run(SLICE)
      if (first.step < T)
        yield {
          figures: [losses([['linear decay', first]])],
          readout: [['recording, step', String(first.step)]],
          progress: first.step / (2 * T),
        }
    }
    norms = first.recorder.norms
  }
  const refined = refineSchedule(norms, options)
  const second = new Training(refined.values)
  const pictures = [normsFigure(norms, refined), scheduleFigure(refined)]
  const readout = readoutOf(norms, refined)
  while (second.step < T) {
    second.run(SLICE)
    if (source !== 'the live run') first.run(SLICE)
    const figure = losses([
      ['linear decay', first],
      ['refined', second],
    ])
    yield {
      figures: [...pictures, figure],
      readout: [
        ...readout,
        ['live loss, linear', first.losses.at(-1)!.toFixed(4)],
        ['live loss, refined', second.losses.at(-1)!.toFixed(4)],
      ],
      progress: source === 'the live run' ? 0.5 + second.step / (2 * T) : second.step / T,
    }
  }
}

const normsFigure = (norms: Float64Array, { smoothed }: RefinedSchedule): Figure => ({
  kind: 'line',
  title: 'Gradient norms',
  x: { label: 'step' },
  y: { label: 'norm' },
  series: [
    { label: 'recorded', x: steps, y: norms },
    { label: 'median filter', x: steps, y: smoothed },
  ],
})

function scheduleFigure({ values }: RefinedSchedule): Figure {
  const { warmup, power } = fitPolynomial(values)
  return {
    kind: 'line',
    title: 'The schedule for the next run',
    x: { label: 'step' },
    y: { label: 'learning rate / peak' },
    series: [
      { label: 'refined', x: steps, y: values },
      { label: 'its polynomial', x: steps, y: schedule('poly', { steps: T, warmup, power }), dashed: true },
      { label: 'linear', x: steps, y: linear, dashed: true },
    ],
  }
}

const losses = (runs: [string, Training][]): Figure => ({
  kind: 'line',
  title: 'Live: logistic regression from a bad start',
  x: { label: 'step' },
  y: { label: 'training loss', scale: 'log' },
  series: runs.map(([label, { losses: y }]) => ({ label, x: y.map((_, k) => (k + 1) * SLICE), y })),
})

function readoutOf(norms: Float64Array, refined: RefinedSchedule): [string, string][] {
  const { warmup, power } = fitPolynomial(refined.values)
  const run = { norms: norms.map((v) => Math.max(v, 0.01)), distance: 1 }
  return [
    ['is like', `${Math.round(100 * warmup)}% warm-up, then power ${power}`],
    ['bound of linear decay', constantWeights(run).bound.toPrecision(3)],
    ['bound of refined weights', optimalWeights(run).bound.toPrecision(3)],
    ['norms fell by', `${refined.decay.toFixed(1)}${refined.warning ? ': if they vanish, use linear decay' : ''}`],
  ]
}

const demo: Demo = {
  title: 'A learning rate schedule from gradient norms',
  intro:
    'Draw how the gradient norm of a run fell, or record it live: large early norms become a warm-up, and the end is annealed. Below, the schedule trains beside linear decay; three weights soon forget a bad start, and both end alike.',
  controls: [
    { kind: 'choice', name: 'source', label: 'norms', options: ['drawn', 'the live run'], value: 'drawn' },
    {
      kind: 'histogram',
      name: 'curve',
      label: 'gradient norm over the run',
      value: Array.from({ length: BARS }, (_, i) => Number((0.25 + 0.75 * exp(-i / 4)).toFixed(3))),
    },
    { kind: 'range', name: 'smoothing', label: 'smoothing (tau)', min: 0.02, max: 0.5, step: 0.01, value: 0.1 },
    { kind: 'choice', name: 'power', label: 'power', options: ['2 (SGD)', '1 (Adam)'], value: '2 (SGD)' },
  ],
  run,
  code: ({ smoothing, power }) => `import { asFunction, NormRecorder, refineSchedule } from '@opt/lr-refinement'
import { SGD } from '@opt/optimizers'

const [steps, rate] = [500, 0.5]
const parameters = Float64Array.of(4, -3) // your model's
const recorder = new NormRecorder(${power === '1 (Adam)' ? "{ norm: 'l1' }" : ''})
const first = recorder.watch(new SGD(parameters, { learningRate: (t) => rate * (1 - t / steps) }))
for (let t = 0; t < steps; t++) first.step(parameters.map((x) => Math.tanh(x) + 0.1 * Math.sin(7 * t)))
const { values } = refineSchedule(recorder.norms, { smoothing: ${smoothing}, power: ${power === '1 (Adam)' ? 1 : 2} })
const second = new SGD(parameters, { learningRate: asFunction(values, rate) })
console.log('train again with', second.constructor.name, 'and rates from', (rate * values[0]).toFixed(3))
`,
}
export default demo
