import { type ControlValues, type Demo, type Figure, type Frame, type Image, random } from '@opt/core'
import {
  ascendingOrder,
  correct,
  createMlp,
  detection,
  type LabelledData,
  permuteLabels,
  ScoreAverage,
  scoreExamples,
  select,
  train,
} from '@opt/el2n-pruning'

const POINTS = 300
const MAP = 48
const SIZES = [2, 16, 3]
const COLOURS = [
  [86, 140, 214],
  [226, 148, 72],
  [104, 178, 120],
]

/** Points around three centres, in -1..1, and their classes. */
function cloud(centres: [number, number][], spread: number, count: number, seed: number) {
  const rng = random(seed)
  const inputs = new Float32Array(2 * count)
  const labels = Int32Array.from({ length: count }, (_, i) => {
    const label = i % 3
    for (const axis of [0, 1]) inputs[2 * i + axis] = 2 * rng.normal(centres[label][axis], spread) - 1
    return label
  })
  return { inputs, labels }
}

/** Trains a network on some of the points; draws its decisions and names its test accuracy. */
function decisionMap({ inputs, labels }: LabelledData, subset: Int32Array, test: LabelledData, name: string): Image {
  const network = createMlp(SIZES, { seed: 99 })
  const kept = Float32Array.from({ length: 2 * subset.length }, (_, k) => inputs[2 * subset[k >> 1] + (k % 2)])
  train(network, { inputs: kept, targets: subset.map((i) => labels[i]) }, { steps: 400, batchSize: 32, seed: 1 })
  const right = correct(network.predict(test.inputs), test.labels, { classes: 3 })
  const share = right.reduce((sum, r) => sum + r, 0) / right.length
  const grid = Float32Array.from({ length: 2 * MAP * MAP }, (_, k) =>
    k % 2 === 0 ? (2 * ((k >> 1) % MAP)) / (MAP - 1) - 1 : 1 - (2 * Math.floor((k >> 1) / MAP)) / (MAP - 1),
  )
  const z = network.predict(grid)
  const data = Array.from({ length: MAP * MAP }, (_, p) => {
    const row = z.subarray(3 * p, 3 * p + 3)
    return COLOURS[row.indexOf(Math.max(...row))]
  }).flat()
  return { width: MAP, height: MAP, channels: 3, data, label: `${name}: ${(100 * share).toFixed(1)}%` }
}

function* run(values: ControlValues): Generator<Frame, void, void> {
  const centres = values.centres as [number, number][]
  const [spread, noise, epochs, networks] = [values.spread, values.noise, values.epochs, values.networks] as number[]
  const [keep, offset] = [values.keep, values.offset] as number[]
  const clean = cloud(centres, spread, POINTS, 1)
  const { labels, changed } = permuteLabels(clean.labels, { fraction: noise, seed: 2 })
  const data = { inputs: clean.inputs, labels }
  const wrong = new Set(changed)
  const average = new ScoreAverage()
  const k = Math.max(1, Math.round(keep * POINTS))
  const start = Math.min(Math.round(offset * POINTS), POINTS - k)

  const picture = (): Figure[] => {
    const scores = average.mean()
    const order = ascendingOrder(scores)
    const chosen = new Set(order.slice(start, start + k))
    const points = (label: string, holds: (i: number) => boolean) => {
      const indices = Array.from(order).filter(holds)
      return { label, x: indices.map((i) => clean.inputs[2 * i]), y: indices.map((i) => clean.inputs[2 * i + 1]) }
    }
    const axes = { x: { label: 'x' }, y: { label: 'y' } }
    const curve = (from: number, to: number) => ({
      x: Array.from({ length: to - from }, (_, j) => (100 * (from + j)) / POINTS),
      y: Array.from(order.slice(from, to), (i) => scores[i]),
    })
    return [
      {
        kind: 'scatter',
        title: 'The points',
        ...axes,
        series: [
          points('left out', (i) => !chosen.has(i) && !wrong.has(i)),
          points('kept', (i) => chosen.has(i) && !wrong.has(i)),
          points('wrong label, left out', (i) => !chosen.has(i) && wrong.has(i)),
          points('wrong label, kept', (i) => chosen.has(i) && wrong.has(i)),
        ],
      },
      {
        kind: 'line',
        title: 'Scores, from the easiest to the hardest',
        x: { label: '% of the points' },
        y: { label: 'EL2N' },
        series: [
          { label: 'all', ...curve(0, POINTS), dashed: true },
          { label: 'kept', ...curve(start, start + k) },
        ],
      },
    ]
  }

  const reading = (): Frame['readout'] => {
    const found =
      changed.length > 0
        ? detection(
            average.mean(),
            Array.from(labels, (_, i) => wrong.has(i)),
          )
        : null
    const auroc: [string, string] = ['AUROC for wrong labels', found ? found.auroc.toFixed(3) : 'none are wrong']
    return [['networks', `${average.count} of ${networks}`], auroc, ['kept', `${k} of ${POINTS}`]]
  }

  for (let m = 0; m < networks; m++) {
    average.add(scoreExamples(data, { sizes: SIZES, networks: 1, epochs, batchSize: 32, seed: m }).scores)
    yield { figures: picture(), readout: reading(), progress: (m + 1) / (networks + 2) }
  }
  const test = cloud(centres, spread, 900, 3)
  const window = select(average.mean(), { keep: k, from: { offset: start } })
  const chance = select(average.mean(), { keep: k, from: 'random', seed: 4 })
  const images = [decisionMap(data, window, test, 'kept')]
  yield { figures: [...picture(), maps(images)], readout: reading(), progress: 0.9 }
  images.push(decisionMap(data, chance, test, 'as many at random'))
  yield { figures: [...picture(), maps(images)], readout: reading(), progress: 1 }
}

const maps = (images: Image[]): Figure => ({
  kind: 'images',
  title: 'What a network trained on them decides, and its accuracy on new points',
  images: [...images],
})

const range = (name: string, label: string, min: number, max: number, step: number, value: number) =>
  ({ kind: 'range', name, label, min, max, step, value }) as const

const demo: Demo = {
  title: 'Which points matter',
  intro:
    'Drag the three centres, permute some labels, and choose which part of the sorted scores to keep. Hard points lie where classes meet; wrong labels are the hardest of all, so under noise leave out the hard end. At epoch 0 the scores say nothing yet.',
  controls: [
    {
      kind: 'points',
      name: 'centres',
      label: 'centres of the classes',
      value: [
        [0.28, 0.3],
        [0.72, 0.35],
        [0.5, 0.72],
      ],
    },
    range('spread', 'spread', 0.02, 0.25, 0.01, 0.11),
    range('noise', 'labels permuted', 0, 0.4, 0.02, 0.1),
    range('epochs', 'epochs before scoring', 0, 20, 1, 6),
    range('networks', 'networks', 1, 10, 1, 5),
    range('keep', 'share kept', 0.05, 1, 0.05, 0.4),
    range('offset', 'easiest left out', 0, 0.95, 0.05, 0.5),
  ],
  run,
  code: ({ centres, spread, noise, networks, epochs, keep, offset }) => {
    const k = Math.max(1, Math.round((keep as number) * POINTS))
    const start = Math.min(Math.round((offset as number) * POINTS), POINTS - k)
    const places = (centres as [number, number][]).map((at) => `[${at.map((v) => Number(v.toFixed(3))).join(', ')}]`)
    return `import { random } from '@opt/core'
import { permuteLabels, scoreExamples, select } from '@opt/el2n-pruning'

const centres = [${places.join(', ')}]
const rng = random(1)
const inputs = new Float32Array(${2 * POINTS}) // ${POINTS} points of the plane, of three classes in turn
for (let i = 0; i < ${2 * POINTS}; i++) inputs[i] = 2 * rng.normal(centres[(i >> 1) % 3][i % 2], ${spread}) - 1
const { labels, changed } = permuteLabels(Int32Array.from({ length: ${POINTS} }, (_, i) => i % 3), { fraction: ${noise}, seed: 2 })
const { scores } = scoreExamples({ inputs, labels }, { sizes: [2, 16, 3], networks: ${networks}, epochs: ${epochs}, batchSize: 32 })
const kept = select(scores, { keep: ${k}, from: { offset: ${start} } })
console.log('kept', kept.length, 'of them with a wrong label', kept.filter((i) => changed.includes(i)).length)
`
  },
}
export default demo
