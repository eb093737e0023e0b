import { type ControlValues, type Figure, type Frame, type Image, random } from '@opt/core'
import { klWeights, marginPgd, type RobustOptions, robustReport, trainRobust } from '@opt/dr-adversarial'
import { type DenseNetwork, mlp } from '@opt/nn'

const SIDE = 96
const FRAMES = 10
const SIZES = [2, 16, 3]
const CLASSES = ['blue', 'orange', 'green, rare']
const REGIONS = [
  [176, 202, 238],
  [248, 212, 172],
  [182, 224, 190],
]
const DOTS = [
  [34, 84, 168],
  [196, 98, 12],
  [20, 122, 56],
]
const TURNED = [20, 20, 20]

interface Points {
  inputs: number[][]
  targets: number[]
}

/** Middles and deviations of the classes: blue and orange differ by much in x, with noise, and by little in y, without. */
const CLOUDS = [
  [0.3, 0.34, 0.12, 0.03],
  [0.7, 0.46, 0.12, 0.03],
  [0.5, 0.72, 0.07, 0.05],
]

/** Points of three clouds in the unit square; `counts` of each. */
function clouds(counts: number[], seed: number): Points {
  const rng = random(seed)
  const targets = counts.flatMap((count, label) => Array<number>(count).fill(label))
  const inside = (v: number) => Math.max(0, Math.min(1, v))
  const inputs = targets.map((label) => {
    const [x, y, dx, dy] = CLOUDS[label]
    return [inside(rng.normal(x, dx)), inside(rng.normal(y, dy))]
  })
  return { inputs, targets }
}

/** Decision regions, each point with the box of its attack, and black where a point of the box is taken for another class. */
function picture(network: DenseNetwork, { inputs, targets }: Points, epsilon: number, r: number | null): Image {
  const grid = Float64Array.from({ length: 2 * SIDE * SIDE }, (_, k) => {
    const pixel = k >> 1
    return ((k % 2 === 0 ? pixel % SIDE : SIDE - 1 - Math.floor(pixel / SIDE)) + 0.5) / SIDE
  })
  const data = Array.from(classesOf(network, grid), (label) => REGIONS[label]).flat()
  const delta = marginPgd(network, inputs, targets, { epsilon, steps: 10 })
  const attacked = Float64Array.from(inputs.flat(), (x, at) => x + delta[at])
  const turned = classesOf(network, attacked).map((label, i) => Number(label !== targets[i]))
  const weights = r === null ? null : klWeights(network.perExampleLosses(attacked, targets), r).weights
  const paint = (column: number, row: number, colour: number[], share = 1) => {
    if (column < 0 || row < 0 || column >= SIDE || row >= SIDE) return
    const at = 3 * (row * SIDE + column)
    for (let k = 0; k < 3; k++) data[at + k] += share * (colour[k] - data[at + k])
  }
  const pixel = (v: number) => Math.min(SIDE - 1, Math.floor(v * SIDE))
  const around = Math.round(epsilon * SIDE)
  for (const size of [around, 0])
    inputs.forEach(([x, y], i) => {
      const [column, row] = [pixel(x), SIDE - 1 - pixel(y)]
      const colour = turned[i] ? TURNED : DOTS[targets[i]]
      if (size > 0) {
        for (let k = -size; k < size; k++) {
          paint(column + k, row - size, colour, 0.25)
          paint(column + size, row + k, colour, 0.25)
          paint(column - k, row + size, colour, 0.25)
          paint(column - size, row - k, colour, 0.25)
        }
        return
      }
      const half = weights && weights[i] * inputs.length > 2 ? 2 : 1
      for (let a = -half; a <= half; a++) for (let b = -half; b <= half; b++) paint(column + a, row + b, colour)
    })
  return { width: SIDE, height: SIDE, channels: 3, data }
}

function classesOf(network: DenseNetwork, points: Float64Array): Int32Array {
  const z = network.predict(points)
  return Int32Array.from({ length: points.length / 2 }, (_, i) => {
    const row = Array.from(z.subarray(3 * i, 3 * i + 3))
    return row.indexOf(Math.max(...row))
  })
}

const percent = (share: number) => `${(100 * share).toFixed(0)} %`

export function* runPoints(values: ControlValues): Generator<Frame, void, void> {
  const [epsilon, r, epochs] = [values.epsilon, values.r, values.epochs] as number[]
  const { weights, bilevel } = values as { weights: boolean; bilevel: boolean }
  const train = clouds([40, 36, 4], 1)
  const test = clouds([200, 200, 200], 2)
  const mine: Partial<RobustOptions> = {
    weights: weights ? 'kl' : 'uniform',
    attack: bilevel ? 'barrier' : 'pgd',
    ...(weights && { r }),
  }
  const name = weights ? (bilevel ? 'DONE' : 'DRO-AT') : bilevel ? 'bilevel AT' : 'AT'
  const models: { name: string; options: RobustOptions; r: number | null }[] = [
    // A ball of no size: ordinary training.
    { name: 'ordinary', options: { method: 'at', epsilon: 1e-9, steps: 1 }, r: null },
    { name: 'AT', options: { method: 'at', epsilon, steps: 5 }, r: null },
    { name, options: { ...mine, epsilon, steps: 5 }, r: weights ? r : null },
  ]
  const networks = models.map(() => mlp({ sizes: SIZES, activation: 'tanh', seed: 4 }))
  const runs = models.map(({ options }, k) =>
    trainRobust.steps(
      networks[k],
      { inputs: train.inputs, targets: train.targets },
      { ...options, c: 1e-3, epochs, batchSize: 20, learningRate: 0.1, reportEvery: Math.ceil((4 * epochs) / FRAMES) },
    ),
  )
  for (let frame = 1; frame <= FRAMES; frame++) {
    for (const one of runs) one.next()
    const audits = networks.map((network) =>
      robustReport(network, test.inputs, test.targets, { epsilon, steps: 5, strongSteps: 8, restarts: 1 }),
    )
    const figures: Figure[] = [
      {
        kind: 'images',
        title: 'The class of each place; squares: where an attack may move a point; black: it turns it',
        images: models.map((model, k) => ({
          ...picture(networks[k], train, epsilon, model.r),
          label: `${model.name}: ${percent(audits[k].strong.accuracy)}`,
        })),
      },
      {
        kind: 'bar',
        title: 'New points that no attack turned',
        x: { label: 'class' },
        y: { label: 'share' },
        series: models.map((model, k) => ({ label: model.name, x: CLASSES, y: Array.from(audits[k].strong.perClass) })),
      },
    ]
    const readout: [string, string][] = models.map((model, k) => [
      model.name,
      `${percent(audits[k].clean.accuracy)} right, ${percent(audits[k].strong.accuracy)} under attack, ${percent(audits[k].strong.worst)} in the worst class`,
    ])
    yield { figures, readout, progress: frame / FRAMES }
  }
}

export function pointsCode({ epsilon, r, weights, bilevel, epochs }: ControlValues): string {
  return `import { random } from '@opt/core'
import { robustReport, trainRobust } from '@opt/dr-adversarial'
import { mlp } from '@opt/nn'

// Three classes of points, the last one rare: middles and deviations in x and y.
const clouds = ${JSON.stringify(CLOUDS)}
const rng = random(1)
const inside = (v) => Math.max(0, Math.min(1, v))
const targets = [40, 36, 4].flatMap((count, label) => Array(count).fill(label))
const inputs = targets.map((label) => {
  const [x, y, dx, dy] = clouds[label]
  return [inside(rng.normal(x, dx)), inside(rng.normal(y, dy))]
})

const network = mlp({ sizes: [2, 16, 3], activation: 'tanh', seed: 4 })
const epsilon = ${epsilon}
trainRobust(network, { inputs, targets }, {
  epsilon,
  weights: '${weights ? 'kl' : 'uniform'}',
  attack: '${bilevel ? 'barrier' : 'pgd'}',
  r: ${Number((r as number).toPrecision(3))},
  c: 1e-3,
  steps: 5,
  epochs: ${epochs},
  batchSize: 20,
  learningRate: 0.1,
})
const { clean, strong } = robustReport(network, inputs, targets, { epsilon })
console.log('right', clean.accuracy, 'under attack', strong.accuracy, 'by class', Array.from(strong.perClass))
`
}
