import { type ExperimentContext, random } from '@opt/core'
import { range } from '@opt/core/experiment'
import { type Classification, digits, divideFeatures, ifPresent, iris, splitRows, standardize } from '@opt/datasets'
import { accuracy, mlp, train } from '@opt/nn'
import { AdamW, linearDecay } from '@opt/optimizers'
import { Lion } from '../lion.ts'
import { entryEnvelope } from '../theory/envelope.ts'

const { abs, max } = Math

const STEPS = 2000
const RATE = 2e-3

/** A trained network beside the bound 1 / lambda. */
interface Outcome {
  weights: Float64Array
  /** The largest |w| lambda. */
  size: number
  /** The percentage of weights within 1 % of the bound. */
  atBound: number
  accuracy: number
  /** By how much a violation exceeded the envelope at most. */
  excess: number
}

/** Loads the digits; where they are absent, iris, which is always there. */
async function loadData({ dataFolder, note }: ExperimentContext): Promise<Classification> {
  const data = await ifPresent(digits({ folder: dataFolder }))
  if (data) {
    note(`B: digits, 1797 pictures of 8 x 8 pixels over 16 (${data.source}), a quarter of them to test on.`)
    return divideFeatures(data, 16)
  }
  note(
    'B: the digits are not here (npm install @opt/datasets-tables): iris, standardised, stands in for it; accuracies say nothing then.',
  )
  const flowers = await iris()
  return { ...flowers, features: standardize(flowers.features).features }
}

function trainOne(data: Classification, seed: number, lambda: number, Optimizer: typeof Lion | typeof AdamW): Outcome {
  const inputs = data.features.shape[1]
  const classes = data.classNames.length
  const { train: training, test } = splitRows(data, { rng: random(seed) })
  const network = mlp({ sizes: [inputs, 32, classes], seed: seed + 1000 })
  const w = network.parameters as Float64Array
  const violation = () => {
    let largest = 0
    for (let k = 0; k < w.length; k++) largest = max(largest, abs(w[k]) * lambda - 1)
    return largest
  }
  const options = { learningRate: linearDecay(RATE, STEPS), weightDecay: lambda }
  const optimizer = new Optimizer(w, options)
  const bound = entryEnvelope(violation(), STEPS, lambda > 0 ? options : { ...options, weightDecay: 1 })
  let excess = 0
  train(
    network,
    { inputs: training.features, targets: training.labels },
    {
      optimizer,
      steps: STEPS,
      batchSize: 64,
      seed,
      history: false,
      onBatch: ({ step }) => {
        excess = max(excess, violation() - bound[step])
      },
    },
  )
  excess = max(excess, violation() - bound[STEPS])
  const near = w.reduce((count, v) => count + (abs(abs(v) * lambda - 1) <= 0.01 ? 1 : 0), 0)
  return {
    weights: w.slice(),
    size: 1 + violation(),
    atBound: (100 * near) / w.length,
    accuracy: accuracy(network.predict(test.features), test.labels, classes),
    excess,
  }
}

/** B: the weights of a network trained by Lion respect the bound 1 / lambda, and most of them end at it. */
export async function networkExperiment(context: ExperimentContext): Promise<void> {
  const data = await loadData(context)
  const quick = context.scale === 'quick'
  const seeds = Array.from({ length: quick ? 1 : 3 }, (_, k) => context.seed + k)
  const lambdas = quick ? [0, 4, 20] : [0, 1, 4, 10, 20]
  const rows: (string | number)[][] = []
  const histograms: { label: string; values: Float64Array }[] = []
  for (const [k, lambda] of lambdas.entries()) {
    await context.progress(0.6 + (0.4 * k) / lambdas.length, `B: network, lambda ${lambda}`)
    const lion = seeds.map((seed) => trainOne(data, seed, lambda, Lion))
    const adam = seeds.map((seed) => trainOne(data, seed, lambda, AdamW))
    const column = (runs: Outcome[], of: 'size' | 'atBound' | 'accuracy', digits: number) =>
      lambda === 0 && of !== 'accuracy'
        ? ''
        : range(
            runs.map((run) => run[of]),
            digits,
          )
    rows.push([
      lambda,
      column(lion, 'size', 4),
      column(lion, 'atBound', 0),
      column(lion, 'accuracy', 3),
      column(adam, 'size', 2),
      column(adam, 'atBound', 0),
      column(adam, 'accuracy', 3),
    ])
    if (lambda < 4) continue
    const size = max(...lion.map((run) => run.size))
    const excess = max(...lion.map((run) => run.excess))
    histograms.push({ label: `lambda = ${lambda}`, values: lion[0].weights })
    context.claim({
      claim: `Network, lambda = ${lambda}: every weight ends within 0.2 % of |w| <= ${1 / lambda}, never outside the envelope on the way (mini-batches, not convex)`,
      paper: 'The bound holds for any gradients',
      ours: `max |w| lambda = ${size.toFixed(4)}, envelope exceeded by ${excess.toExponential(1)}; AdamW ends at ${column(adam, 'size', 2)}`,
      pass: size <= 1.002 && excess <= 1e-12,
    })
  }
  context.table({
    title: `B: ${data.features.shape[1]}-32-${data.classNames.length} ReLU network, batch 64, ${STEPS} steps, learning rate ${RATE} linearly to 0, ${seeds.length === 1 ? 'one seed' : `${seeds.length} seeds`}`,
    columns: [
      'lambda',
      'Lion: max |w| lambda',
      'Lion: % at the bound',
      'Lion: test accuracy',
      'AdamW: max |w| lambda',
      'AdamW: % at the bound',
      'AdamW: test accuracy',
    ],
    rows,
  })
  context.figure({
    kind: 'histogram',
    title: 'Weights pile up at the bound 1 / lambda',
    caption:
      'Weights of the network after training with Lion. Each weight decay draws its own box; most weights end on its walls, as at a vertex of the constraint set.',
    x: { label: 'weight' },
    bins: 81,
    series: histograms,
  })
  context.note(
    'B: accuracies are context, not claims. The paper’s large-scale results (ImageNet, language models) are not reproduced here and must not be claimed.',
  )
}
