import {
  type ControlValues,
  cos,
  type Demo,
  type Figure,
  type Frame,
  type Random,
  random,
  type Series,
  sin,
} from '@opt/core'
import { type DenseNetwork, mlp } from '@opt/nn'
import { criticalRate, linearize, linearizeKernel, pathNorm, type Sharpness, sharpness } from '@opt/sgd-stability'
import ndarray from 'ndarray'

/** Eight examples f_i(x) = s_i tent(x): one parameter, which fits all of them at -1, steeply, and at 1. */
const SCALES = [0.2, 0.3, 0.3, 0.4, 1.3, 1.35, 1.4, 1.5]
const STEEP = 5
const GENTLE = 1.2
const STEPS = 240
const EVERY = 3

const tent = (x: number): number => Math.min(STEEP * (x + 1), GENTLE * (1 - x))
const slope = (x: number): number => (STEEP * (x + 1) < GENTLE * (1 - x) ? STEEP : -GENTLE)
const loss = (x: number): number => {
  const f = tent(x)
  return SCALES.reduce((sum, s) => sum + (s * s * f * f) / (2 * SCALES.length), 0)
}
const minimum = (steepness: number) => linearize(SCALES.map((s) => [s * steepness]))
const [SHARP, FLAT] = [minimum(STEEP), minimum(GENTLE)]

const digits = (v: number): string => v.toPrecision(3)

function* twoMinima({ rate, batch }: ControlValues): Generator<Frame, void, void> {
  const eta = rate as number
  const batchSize = Number(batch)
  const rng = random(3)
  const balls = { SGD: -1 + 1e-3, GD: -1 + 1e-3 }
  const critical = { sharp: criticalRate(SHARP, { batchSize }).rate, flat: criticalRate(FLAT, { batchSize }).rate }
  for (let t = 1; t <= STEPS; t++) {
    balls.SGD = step(
      balls.SGD,
      eta,
      Array.from({ length: batchSize }, () => rng.integer(0, SCALES.length)),
    )
    balls.GD = step(
      balls.GD,
      eta,
      SCALES.map((_, i) => i),
    )
    if (t % EVERY !== 0) continue
    yield {
      figures: [slice(balls), bars(eta)],
      readout: [
        ['largest stable rate, sharp minimum', `${digits(critical.sharp)} at batch ${batchSize}`],
        ['the same for GD, 2 / lambda', digits(2 / sharpness(SHARP).lambdaMax)],
        ['largest stable rate, flat minimum', `${digits(critical.flat)} at batch ${batchSize}`],
        ['SGD is', where(balls.SGD)],
        ['GD is', where(balls.GD)],
      ],
      progress: t / STEPS,
    }
  }
}

function step(x: number, eta: number, chosen: number[]): number {
  if (!(Math.abs(x) < 1e6)) return Infinity
  const squares = chosen.reduce((sum, i) => sum + SCALES[i] * SCALES[i], 0) / chosen.length
  return x - eta * squares * tent(x) * slope(x)
}

const where = (x: number): string =>
  !(Math.abs(x) < 20)
    ? 'gone'
    : Math.abs(x + 1) < 0.2
      ? 'at the sharp minimum'
      : Math.abs(x - 1) < 0.5
        ? 'at the flat minimum'
        : 'on its way'

function slice(balls: Record<string, number>): Figure {
  const x = Array.from({ length: 201 }, (_, k) => -2 + (4.5 * k) / 200)
  const ball = ([label, at]: [string, number]): Series => {
    const [u, v] = [
      Math.max(-2, Math.min(2.5, Number.isFinite(at) ? at : 2.5)),
      Math.min(2.4, loss(Math.min(9, at)) + 0.08),
    ]
    const angles = Array.from({ length: 17 }, (_, k) => (Math.PI * k) / 8)
    return { label, x: angles.map((a) => u + 0.11 * cos(a)), y: angles.map((a) => v + 0.07 * sin(a)) }
  }
  return {
    kind: 'line',
    title: 'The loss, and where they are',
    x: { label: 'parameter' },
    y: { label: 'loss' },
    series: [{ label: 'loss', x, y: x.map((v) => Math.min(2.4, loss(v))) }, ...Object.entries(balls).map(ball)],
  }
}

function bars(eta: number): Figure {
  const x = ['trace T', 'm4 / T', 'lambda']
  const of = ({ trace, fourthMoment, lambdaMax }: Sharpness) => [trace, fourthMoment / trace, lambdaMax]
  return {
    kind: 'bar',
    title: 'Sharpness against 2 / rate',
    caption:
      'SGD of single examples stays only where T and m4 / T are below 2 / rate; gradient descent only where lambda is.',
    x: { label: '' },
    y: { label: 'curvature' },
    series: [
      { label: 'sharp minimum', x, y: of(sharpness(SHARP)) },
      { label: 'flat minimum', x, y: of(sharpness(FLAT)) },
      { label: '2 / rate', x, y: x.map(() => 2 / eta) },
    ],
  }
}

const UNITS = 30
const POINTS = 12
const ROUNDS = 40

/** A two-layer ReLU network of z and 1, and points of a zigzag. */
class Student {
  readonly network: DenseNetwork = mlp({ sizes: [2, UNITS, 1], bias: false, loss: 'squared', batch: POINTS })
  readonly z: number[] = Array.from({ length: POINTS }, (_, i) => -2 + (4 * i) / (POINTS - 1))
  readonly y: number[] = this.z.map((z) => Math.abs(z) - 1 + (z > 1 ? 0.5 * (1 - z) : 0))
  readonly inputs: number[][] = this.z.map((z) => [z, 1])
  readonly #examples = this.network.examples(
    this.inputs,
    this.y.map((y) => [y]),
  )

  constructor(rng: Random) {
    const { parameters } = this.network
    for (let k = 0; k < parameters.length; k++)
      parameters[k] = rng.normal() * (k < 2 * UNITS ? 1 : 2 / Math.sqrt(UNITS))
  }

  descend(eta: number, indices: number[]): void {
    this.network.lossAndGradientAt(this.#examples, indices)
    this.network.descend(eta)
  }

  get loss(): number {
    return this.network.loss(
      this.inputs,
      this.y.map((y) => [y]),
    )
  }

  get pathNorm(): number {
    const parameters = this.network.parameters as Float64Array
    return pathNorm(ndarray(parameters, [UNITS, 2], [1, UNITS]), parameters.subarray(2 * UNITS))
  }
}

function* student({ rate, batch }: ControlValues): Generator<Frame, void, void> {
  const eta = rate as number
  const batchSize = Number(batch)
  const rng = random(5)
  const pupil = new Student(rng)
  const first = sharpness(linearizeKernel(pupil.network.ntk(pupil.inputs) as Float64Array)).trace
  const traces: number[] = []
  for (let round = 1; round <= ROUNDS; round++) {
    for (let t = 0; t < 500; t++)
      pupil.descend(
        eta,
        Array.from({ length: batchSize }, () => rng.integer(0, POINTS)),
      )
    const gone = !(pupil.loss < 1e6)
    const minimum = gone ? undefined : linearizeKernel(pupil.network.ntk(pupil.inputs) as Float64Array)
    if (minimum) traces.push(sharpness(minimum).trace)
    yield {
      figures: [gone ? nothing(pupil) : curve(pupil), bound(traces, eta, batchSize)],
      readout: [
        ['loss', gone ? 'overflow: no minimum nearby is stable' : pupil.loss.toExponential(1)],
        ['trace', minimum ? `${digits(traces[traces.length - 1])}, ${digits(first)} at first` : '-'],
        ['largest stable rate here', minimum ? digits(criticalRate(minimum, { batchSize }).rate) : '-'],
        ['path norm', gone ? '-' : digits(pupil.pathNorm)],
      ],
      progress: round / ROUNDS,
    }
    if (gone) return
  }
}

const nothing = (pupil: Student): Figure => ({ ...curve(pupil, false), title: 'The network has flown away' }) as Figure

function curve(pupil: Student, drawn = true): Figure {
  const x = Array.from({ length: 161 }, (_, k) => -2.4 + (4.8 * k) / 160)
  const y = drawn ? Array.from(pupil.network.predict(x.map((z) => [z, 1]))) : []
  return {
    kind: 'line',
    title: 'The function of the network',
    x: { label: 'z' },
    y: { label: 'f(z)' },
    series: [
      { label: 'through the examples', dashed: true, x: pupil.z, y: pupil.y },
      { label: 'network', x: drawn ? x : [], y },
    ],
  }
}

function bound(traces: number[], eta: number, batchSize: number): Figure {
  const x = traces.map((_, k) => 500 * (k + 1))
  return {
    kind: 'line',
    title: 'Trace, and the most at which SGD can stay',
    x: { label: 'step' },
    y: { label: 'trace of the Hessian', scale: 'log' },
    series: [
      { label: 'trace', x, y: [...traces] },
      { label: '2 B / rate', dashed: true, x, y: traces.map(() => (2 * batchSize) / eta) },
    ],
  }
}

const SCENES = { 'two minima': twoMinima, 'ReLU network': student }

const demo: Demo = {
  title: 'Which minimum can SGD stay at?',
  intro:
    'Both balls start in the sharp minimum. Move the rate above the largest stable one of SGD: it jumps out and settles in the flat minimum, while gradient descent stays. Larger batches stay longer.',
  controls: [
    { kind: 'choice', name: 'scene', label: 'scene', options: Object.keys(SCENES), value: 'two minima' },
    { kind: 'range', name: 'rate', label: 'learning rate', min: 0.002, max: 0.2, log: true, value: 0.055 },
    { kind: 'choice', name: 'batch', label: 'batch size', options: ['1', '2', '4', '8'], value: '1' },
  ],
  run: (values) => SCENES[values.scene as keyof typeof SCENES](values),
  code: ({ rate, batch }) => `import { criticalRate, isStable } from '@opt/sgd-stability'

const gradients = [${SCALES.join(', ')}].map((s) => [${STEEP} * s]) // one row for each example
const { rate, bounds } = criticalRate(gradients, { batchSize: ${batch} })
console.log('stable up to', rate, 'with batches of ${batch}, up to', bounds.gd, 'with gradient descent')
const { stable, radius } = isStable(gradients, { learningRate: ${rate}, batchSize: ${batch} })
console.log(stable ? 'stays' : 'leaves', radius)
`,
}
export default demo
