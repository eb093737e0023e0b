import { batchNoise, batchSharpness, measuredSharpness, RateLearner } from '@opt/batch-lr-scaling'
import { type ControlValues, type Demo, type Figure, type Frame, random } from '@opt/core'
import { smoothDensity, spectrum } from '@opt/curvature'
import { curvatureOperator, type DenseNetwork, mlp } from '@opt/nn'
import { SGD } from '@opt/optimizers'

const COUNT = 480
const INPUTS = 12
const CLASSES = 6
const EPOCHS = 16
/** The lowest density that is drawn. */
const LOWEST = 1e-5
const SIZES = [1, 2, 4, 8, 16, 32, 64, 128]
const MODELS = { isotropic: 'theorem, mean noise', aligned: 'theorem, aligned noise', trace: 'trace form' } as const
const NAMES = ['isotropic', 'aligned', 'trace'] as const
/** The rate that someone tuned at this batch size. */
const TUNED = { batch: 4, rate: 0.03 }

/** Noisy points round a centre for each class. */
function clusters() {
  const rng = random(5)
  const centres = Array.from({ length: CLASSES }, () => Array.from({ length: INPUTS }, () => rng.normal()))
  const targets = Int32Array.from({ length: COUNT }, (_, i) => i % CLASSES)
  const inputs = Float64Array.from({ length: COUNT * INPUTS }, (_, k) =>
    rng.normal(centres[targets[Math.floor(k / INPUTS)]][k % INPUTS], 0.8),
  )
  return { inputs, targets }
}

/** A network in training. */
class Runner {
  readonly label: string
  readonly network: DenseNetwork = mlp({ sizes: [INPUTS, 24, CLASSES], seed: 3 })
  readonly losses: number[] = []
  readonly #optimizer: SGD
  readonly #rng = random(9)

  constructor(label: string, learningRate: (network: DenseNetwork) => number | ((step: number) => number)) {
    this.label = label
    this.#optimizer = new SGD(this.network.parameters, { learningRate: learningRate(this.network), momentum: 0.9 })
  }

  get lost(): boolean {
    return this.losses.length > 0 && !(this.losses[this.losses.length - 1] < 1e3)
  }

  epoch({ inputs, targets }: ReturnType<typeof clusters>, batch: number): void {
    if (this.losses.length === 0) this.losses.push(this.network.loss(inputs, targets))
    const examples = this.network.examples(inputs, targets)
    const order = this.#rng.permutation(COUNT)
    for (let at = 0; at + batch <= COUNT && !this.lost; at += batch) {
      const loss = this.network.lossAndGradientAt(examples, order.subarray(at, at + batch))
      if (!(loss < 1e3)) this.losses.push(1e3)
      else this.#optimizer.step(this.network.gradients)
    }
    if (!this.lost) this.losses.push(Math.min(1e3, this.network.loss(inputs, targets)))
  }
}

function* run({ batch: chosen, tuned }: ControlValues): Generator<Frame, void, void> {
  const batch = Math.round(chosen as number)
  const rate = tuned as number
  const data = clusters()
  let learner: RateLearner | undefined
  const runners = [
    new Runner('learned', (network) => {
      learner = new RateLearner({ products: { network, ...data }, batch })
      return learner.schedule
    }),
    new Runner('fixed', () => rate),
    new Runner('linear rule', () => (rate * batch) / TUNED.batch),
  ]
  const products = { network: runners[0].network, ...data, matrix: 'gauss-newton' } as const
  let sharp = sharpness(products, batch, 0)
  for (let epoch = 1; epoch <= EPOCHS; epoch++) {
    for (const runner of runners) if (!runner.lost) runner.epoch(data, batch)
    if (epoch % 4 === 0) sharp = sharpness(products, batch, epoch)
    yield {
      figures: [sharp.spectra, sharp.figure, losses(runners)],
      readout: [
        ['batch size', String(batch)],
        ['rate learned', (learner?.measurement?.rate ?? 0).toPrecision(2)],
        ['fixed rate', rate.toPrecision(2)],
        ['rate by the linear rule', ((rate * batch) / TUNED.batch).toPrecision(2)],
        ['largest eigenvalue of a batch', sharp.measured.toFixed(1)],
        ...runners.filter(({ lost }) => lost).map(({ label }): [string, string] => [`training, ${label}`, 'lost']),
      ],
      progress: epoch / EPOCHS,
    }
  }
}

/** Batches that are drawn of a size: the smaller they are, the more they differ, and the less they cost. */
const repeats = (size: number) => Math.max(6, Math.ceil(64 / size))

/** How sharp batches are now, measured and predicted. */
function sharpness(
  products: { network: DenseNetwork; matrix: 'gauss-newton' } & ReturnType<typeof clusters>,
  batch: number,
  epoch: number,
) {
  const noise = batchNoise(products, { seed: 1, history: false })
  const sizes = [...SIZES.filter((size) => size !== batch), batch].sort((a, b) => a - b)
  const found = sizes.map((size) => {
    return measuredSharpness(products, { batches: [size], repeats: repeats(size), steps: 15, seed: 1, history: false })
      .sizes[0]
  })
  const predicted = (model: (typeof NAMES)[number]) =>
    sizes.map((size) => batchSharpness(noise, size, { model }).highest)
  const here = found[sizes.indexOf(batch)]
  const figure: Figure = {
    kind: 'line',
    title: `Largest eigenvalue of a batch, after ${epoch} epochs`,
    x: { label: 'batch size', scale: 'log' },
    y: { label: 'eigenvalue', scale: 'log' },
    series: [
      { label: 'measured', x: sizes, y: found.map(({ highest }) => highest) },
      ...NAMES.map((model) => ({ label: MODELS[model], x: sizes, y: predicted(model), dashed: true })),
      { label: 'your batch', x: [batch, batch], y: [noise.lambda, here.highest] },
    ],
  }
  const marks = NAMES.map((model) => ({
    label: MODELS[model],
    at: batchSharpness(noise, batch, { model }).highest,
  }))
  return { figure, spectra: spectra(products, batch, epoch, marks), measured: here.highest }
}

/** The spectrum of batches and of all examples, and where the top of a batch's is predicted. */
function spectra(
  { network, inputs, targets }: { network: DenseNetwork } & ReturnType<typeof clusters>,
  batch: number,
  epoch: number,
  marks: { label: string; at: number }[],
): Figure {
  const rng = random(2)
  const measure = (size: number, draws: number) => {
    const nodes: number[] = []
    const weights: number[] = []
    for (let k = 0; k < draws; k++) {
      const rows = rng.choice(COUNT, size)
      const x = Float64Array.from(
        { length: size * INPUTS },
        (_, i) => inputs[rows[Math.floor(i / INPUTS)] * INPUTS + (i % INPUTS)],
      )
      const y = rows.map((row) => targets[row])
      const operator = curvatureOperator(network, x, y, { matrix: 'gauss-newton' })
      const found = spectrum(operator, { probes: 1, steps: 20, seed: rng, history: false })
      nodes.push(...found.nodes)
      weights.push(...found.weights.map((weight) => weight / draws))
    }
    return { nodes, weights }
  }
  const series = { 'all examples': measure(COUNT, 1), [`batches of ${batch}`]: measure(batch, repeats(batch)) }
  const top = Math.max(...marks.map(({ at }) => at), ...Object.values(series).flatMap(({ nodes }) => nodes))
  const grid = Float64Array.from({ length: 200 }, (_, k) => (1.05 * top * k) / 199)
  const curves = Object.entries(series).map(([label, { nodes, weights }]) => ({
    label,
    x: grid,
    y: smoothDensity(nodes, weights, { grid, sigma: 0.01 * top }).density.map((value) => Math.max(value, LOWEST)),
  }))
  return {
    kind: 'line',
    title: `The spectrum of a batch of ${batch}, after ${epoch} epochs`,
    caption: 'The smaller the batch, the further right its top is; the upright lines are predictions of it.',
    x: { label: 'eigenvalue' },
    y: { label: 'density', scale: 'log' },
    series: [...curves, ...marks.map(({ label, at }) => ({ label, dashed: true, x: [at, at], y: [LOWEST, 1] }))],
  }
}

function losses(runners: Runner[]): Figure {
  return {
    kind: 'line',
    title: 'Training loss',
    x: { label: 'epoch' },
    y: { label: 'loss', scale: 'log' },
    series: runners.map(({ label, losses }) => ({
      label,
      x: losses.map((_, epoch) => epoch),
      y: losses.map((loss) => Math.max(loss, 1e-4)),
    })),
  }
}

const demo: Demo = {
  title: 'What happens to my learning rate when the batch changes?',
  intro:
    'Drag the batch size. Small batches are sharper than all the data, so that a rate tuned at 4 is lost at 1, and it is slow at 256, where the linear rule overshoots. The learned rate measures the curvature as it goes, and nobody tuned it.',
  controls: [
    { kind: 'range', name: 'batch', label: 'batch size', min: 1, max: 256, step: 1, log: true, value: 1 },
    { kind: 'range', name: 'tuned', label: 'rate tuned at 4', min: 0.01, max: 1, log: true, value: TUNED.rate },
  ],
  run,
  code: ({ batch, tuned }) => `import { RateLearner, scaleRate } from '@opt/batch-lr-scaling'
import { random } from '@opt/core'
import { mlp, train } from '@opt/nn'
import { SGD } from '@opt/optimizers'

// Your network, rows and classes
const rng = random(1)
const targets = Array.from({ length: 600 }, (_, i) => i % 3)
const inputs = targets.map((label) => [rng.normal(label), rng.normal(label === 1 ? 1 : 0), rng.normal()])
const network = mlp({ sizes: [3, 16, 3], batch: 600 })
const batch = ${Math.round(batch as number)}
const learner = new RateLearner({ products: { network, inputs, targets }, batch })
const optimizer = new SGD(network.parameters, { learningRate: learner.schedule, momentum: 0.9 })
train(network, { inputs, targets }, { optimizer, epochs: ${EPOCHS}, batchSize: batch })
console.log(scaleRate(${(tuned as number).toPrecision(2)}, { from: ${TUNED.batch}, to: batch, ...learner.measurement }).advice)
`,
}
export default demo
