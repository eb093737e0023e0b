import { type ControlValues, cos, type Demo, type Figure, type Frame, type Image, random, sin } from '@opt/core'
import {
  gradientVariance,
  kendallTau,
  rankPaths,
  Supernet,
  searchSpace,
  type TrainSupernetReport,
  trainAlone,
  trainSupernet,
} from '@opt/pa-da'

const MAP = 44
const SIZES = { inputs: 2, classes: 3, channels: 12 }
const COLOURS = [
  [86, 140, 214],
  [226, 148, 72],
  [104, 178, 120],
]
/** What is drawn: the options of trainSupernet. */
const SAMPLINGS = {
  'PA&DA: by gradient norms': {},
  'SPOS: all alike': { method: 'spos' },
  'a fixed drift to thin and dense': { data: false, bias: [0, 0, 0.5, 0.5, 0] },
  'a drift to the others': { data: false, bias: [1 / 3, 1 / 3, 0, 0, 1 / 3] },
} as const
const NAMES = Object.keys(SAMPLINGS) as (keyof typeof SAMPLINGS)[]

/** Three arms of a spiral in the plane. */
function spiral(count: number, seed: number): { inputs: number[][]; labels: Int32Array } {
  const rng = random(seed)
  const labels = Int32Array.from({ length: count }, (_, i) => i % 3)
  const inputs = Array.from(labels, (arm) => {
    const r = rng.uniform(0.15, 1)
    const angle = 8 * r + (2 * Math.PI * arm) / 3 + rng.normal(0, 0.15)
    return [2 * r * cos(angle), 2 * r * sin(angle)]
  })
  return { inputs, labels }
}

const space = searchSpace()
const [train, choose, test] = [spiral(500, 1), spiral(500, 2), spiral(1000, 3)]
/** Accuracy of each model by itself, kept for the next run. */
const truths = new Map<number, number>()

const truthOf = (path: number[]): number => {
  const index = space.index(path)
  if (!truths.has(index)) {
    const { network } = trainAlone(path, train, { ...SIZES, epochs: 20, batchSize: 32, seed: 1, history: false })
    truths.set(index, rankPaths(network, test, { history: false }).accuracies[0])
  }
  return truths.get(index)!
}

const percent = (share: number) => `${(100 * share).toFixed(1)} %`

/** What a model decides in the plane. */
function decisions(predict: (X: number[][]) => Int32Array, label: string): Image {
  const grid = Array.from({ length: MAP * MAP }, (_, p) => [
    ((p % MAP) / (MAP - 1)) * 4.4 - 2.2,
    2.2 - (Math.floor(p / MAP) / (MAP - 1)) * 4.4,
  ])
  const data = Array.from(predict(grid), (k) => COLOURS[k]).flat()
  return { width: MAP, height: MAP, channels: 3, data, label }
}

const bars = (probabilities: Float64Array): Figure => ({
  kind: 'bar',
  title: 'How often an operation is drawn',
  x: { label: 'operation' },
  y: { label: 'probability' },
  series: [{ label: 'probability', x: [...space.names], y: Array.from(probabilities) }],
})

function* run(values: ControlValues): Generator<Frame, void, void> {
  const [epochs, seed] = [values.epochs, values.seed] as number[]
  const sampling = SAMPLINGS[values.sampling as keyof typeof SAMPLINGS]
  const supernet = new Supernet({ ...SIZES, seed })
  let drawn: Figure = bars(new Float64Array(5).fill(0.2))
  const training = { ...sampling, epochs, batchSize: 32, seed }
  const readout = (tau: string): Frame['readout'] => [
    ['models', `${space.distinct().length} in one network of ${supernet.parameterCount()} parameters`],
    ["Kendall's tau, 1 at best", tau],
  ]
  for (const { epoch, pathProbabilities } of trainSupernet.steps(
    supernet,
    train,
    training,
  ) as Iterable<TrainSupernetReport>) {
    drawn = bars(pathProbabilities[0])
    if (epoch % 5 === 0)
      yield { figures: [drawn], readout: readout('first train one network'), progress: (0.3 * (epoch + 1)) / epochs }
  }

  const paths = space.distinct()
  const { accuracies, order } = rankPaths(supernet, choose, { paths })
  const favourite = paths[order[0]]
  const shared = decisions(
    (X) => supernet.predict(X, favourite),
    `ranked first: ${space.describe(favourite)}, ${percent(accuracies[order[0]])} with shared weights`,
  )
  // One model after the other is trained by itself, to see whether the ranking was right.
  const shuffled = random(4).permutation(paths.length)
  const [own, ranked]: number[][] = [[], []]
  let tau = 0
  const picture = (): Figure => ({
    kind: 'scatter',
    title: `Each point is a model: was it ranked rightly? tau ${tau.toFixed(2)}`,
    x: { label: 'accuracy when trained by itself' },
    y: { label: 'accuracy with shared weights' },
    series: [{ label: 'models', x: own.slice(), y: ranked.slice() }],
  })
  for (const [k, place] of shuffled.entries()) {
    own.push(truthOf(paths[place]))
    ranked.push(accuracies[place])
    if (k < 4 || (k % 3 !== 0 && k + 1 < shuffled.length)) continue
    tau = kendallTau(own, ranked).tau
    yield {
      figures: [picture(), drawn, images([shared])],
      readout: readout(`${tau.toFixed(2)} over ${k + 1} models`),
      progress: 0.3 + (0.65 * (k + 1)) / shuffled.length,
    }
  }
  const points = train.inputs.slice(0, 60)
  const { uniform, pathOptimal, dataOptimal, joint } = gradientVariance(supernet, points, train.labels.slice(0, 60), {
    batch: 32,
    history: false,
  })
  const { network } = trainAlone(favourite, train, { ...SIZES, epochs: 20, batchSize: 32, seed: 1, history: false })
  const alone = decisions((X) => network.predict(X), `the same trained by itself: ${percent(truthOf(favourite))}`)
  const best = paths.reduce((most, path) => Math.max(most, truthOf(path)), 0)
  yield {
    figures: [
      picture(),
      drawn,
      images([shared, alone]),
      {
        kind: 'bar',
        title: 'Variance of the gradient, of that with uniform draws: the best that sampling could reach',
        x: { label: 'drawn by importance' },
        y: { label: 'share' },
        series: [
          {
            label: 'variance',
            x: ['nothing', 'examples', 'paths', 'both'],
            y: [1, ...[dataOptimal, pathOptimal, joint].map(({ variance }) => variance / uniform)],
          },
        ],
      },
    ],
    readout: [
      ...readout(`${tau.toFixed(2)} over ${paths.length} models`),
      ['ranked first', `${percent(truthOf(favourite))} by itself; the best has ${percent(best)}`],
    ],
    progress: 1,
  }
}

const images = (all: Image[]): Figure => ({ kind: 'images', title: 'What the model ranked first decides', images: all })

const demo: Demo = {
  title: 'Rank 85 networks by training one',
  intro:
    'One network holds 85 small ones. Train it briefly, rank all of them by it, then train each by itself to see whether the ranking was right: tau says how well both orders agree. Change what is drawn in training: after 120 epochs PA&DA ranks better than SPOS with eight of the ten seeds, and so does a fixed drift without any gradient norm; after 400 epochs neither does.',
  controls: [
    { kind: 'choice', name: 'sampling', label: 'operations drawn', options: [...NAMES], value: NAMES[0] },
    { kind: 'range', name: 'epochs', label: 'epochs', min: 40, max: 400, step: 40, value: 120 },
    { kind: 'range', name: 'seed', label: 'seed', min: 0, max: 9, step: 1, value: 0 },
  ],
  run,
  code: ({ sampling, epochs, seed }) => `import { cos, random, sin } from '@opt/core'
import { rankPaths, searchSpace, Supernet, trainSupernet } from '@opt/pa-da'

const spiral = (seed) => {
  const rng = random(seed)
  const labels = Int32Array.from({ length: 500 }, (_, i) => i % 3)
  const inputs = Array.from(labels, (arm) => {
    const r = rng.uniform(0.15, 1)
    const angle = 8 * r + (2 * Math.PI * arm) / 3 + rng.normal(0, 0.15)
    return [2 * r * cos(angle), 2 * r * sin(angle)]
  })
  return { inputs, labels }
}
const supernet = new Supernet({ inputs: 2, classes: 3, channels: 12, seed: ${seed} })
const sampling = ${JSON.stringify(SAMPLINGS[sampling as keyof typeof SAMPLINGS])}
trainSupernet(supernet, spiral(1), { ...sampling, epochs: ${epochs}, batchSize: 32, seed: ${seed} })
const space = searchSpace()
const { paths, accuracies, order } = rankPaths(supernet, spiral(2), { paths: space.distinct() })
for (const k of order.slice(0, 5)) console.log(space.describe(paths[k]), accuracies[k])
`,
}
export default demo
