import { type ControlValues, cos, type Demo, type Figure, type Frame, type Image, random, sin } from '@opt/core'
import { type AlignedModel, domainDistance, trainAcrossDomains, transferBound } from '@opt/hessian-alignment'

const COUNT = 400
const STEPS = 300
const FRAMES = 12
const SIDE = 48
/** In how many examples the third coordinate agrees with the label. */
const AGREES = [0.95, 0.8, 0.1]
const RADII = [0.05, 0.1, 0.15, 0.2, 0.25, 0.3]
const METHODS = [
  { name: 'ERM', method: 'erm' },
  { name: 'V-REx', method: 'vrex' },
  { name: 'HGP', method: 'hgp' },
] as const

interface Points {
  inputs: Float64Array
  targets: Int32Array
  /** How many labels agree with the arc: what its shape alone could give. */
  shape: number
}

/** Two arcs in the plane, a fifth of the labels flipped, and a colour of 1 or -1 that agrees with the label now and then. */
function arcs(agrees: number, seed: number): Points {
  const rng = random(seed)
  const inputs = new Float64Array(3 * COUNT)
  const targets = new Int32Array(COUNT)
  let shape = 0
  for (let i = 0; i < COUNT; i++) {
    const arc = i % 2
    const angle = Math.PI * rng.uniform()
    const label = rng.uniform() < 0.2 ? 1 - arc : arc
    const colour = rng.uniform() < agrees ? label : 1 - label
    inputs.set(
      [
        (arc ? 0.5 - cos(angle) : cos(angle) - 0.5) + rng.normal(0, 0.1),
        (arc ? 0.25 - sin(angle) : sin(angle) - 0.25) + rng.normal(0, 0.1),
        colour ? 1 : -1,
      ],
      3 * i,
    )
    targets[i] = label
    if (label === arc) shape++
  }
  return { inputs, targets, shape: shape / COUNT }
}

/** The same points without colour. */
const gray = ({ inputs, ...others }: Points): Points => ({
  ...others,
  inputs: inputs.map((x, i) => (i % 3 < 2 ? x : 0)),
})

const percent = (share: number) => `${(100 * share).toFixed(0)} %`

const featuresOf = (model: AlignedModel, { inputs, targets }: Points) => ({ features: model.features(inputs), targets })

function accuracy(model: AlignedModel, { inputs, targets }: Points): number {
  return model.predict(inputs).reduce((sum, label, i) => sum + Number(label === targets[i]), 0) / COUNT
}

/** The probability of class 1 in the plane where the colour says nothing, and the test points: dark where they are wrong. */
function picture(model: AlignedModel, test: Points, label: string): Image {
  const grid = new Float64Array(3 * SIDE * SIDE)
  for (let i = 0; i < SIDE * SIDE; i++) {
    grid[3 * i] = ((i % SIDE) / (SIDE - 1)) * 4 - 2
    grid[3 * i + 1] = 1.5 - (Math.floor(i / SIDE) / (SIDE - 1)) * 3
  }
  const data = new Uint8ClampedArray(3 * SIDE * SIDE)
  model.probabilities(grid).forEach((p, i) => void data.set([250 - 110 * p, 205, 140 + 110 * p], 3 * i))
  const predicted = model.predict(test.inputs)
  for (let i = 0; i < COUNT; i++) {
    const column = Math.round(((test.inputs[3 * i] + 2) / 4) * (SIDE - 1))
    const row = Math.round(((1.5 - test.inputs[3 * i + 1]) / 3) * (SIDE - 1))
    if (column < 0 || row < 0 || column >= SIDE || row >= SIDE) continue
    const shown = test.targets[i] ? [40, 80, 200] : [200, 110, 20]
    data.set(predicted[i] === test.targets[i] ? shown : [40, 40, 40], 3 * (row * SIDE + column))
  }
  return { width: SIDE, height: SIDE, channels: 3, data, label }
}

function* run(values: ControlValues): Generator<Frame, void, void> {
  const { weight, batch, unbiased } = values as { weight: number; batch: number; unbiased: boolean }
  const [first, second, test] = AGREES.map((agrees, e) => arcs(agrees, e + 1))
  const models: AlignedModel[] = []
  const runs = METHODS.map(({ method }, k) =>
    trainAcrossDomains.steps([3, 8, 1], [first, second], {
      method,
      unbiased: method === 'hgp' && unbiased,
      weight,
      annealSteps: 100,
      steps: STEPS,
      batchSize: Math.round(batch),
      learningRate: 0.02,
      seed: 3,
      reportEvery: STEPS / FRAMES,
      evaluate: (model) => {
        models[k] = model
        return {}
      },
    }),
  )
  for (let frame = 1; frame <= FRAMES; frame++) {
    for (const one of runs) one.next()
    yield draw(models, first, test, frame / FRAMES)
  }
}

function draw(models: AlignedModel[], source: Points, test: Points, progress: number): Frame {
  const accuracies = models.map((model) => accuracy(model, test))
  const colourless = models.map((model) => accuracy(model, gray(test)))
  const pairs = models.map((model) => ({
    source: featuresOf(model, source),
    target: featuresOf(model, test),
    head: { theta: model.theta },
    length: Math.sqrt(model.theta.reduce((sum, t) => sum + t * t, 0)),
  }))
  const distances = pairs.map(({ source: from, target, head }) => domainDistance(from, target, head))
  const names = METHODS.map(({ name }) => name as string)
  const figures: Figure[] = [
    {
      kind: 'images',
      title: 'Decisions without colour; test points, black where wrong',
      images: models.map((model, k) => picture(model, test, `${names[k]}: ${percent(accuracies[k])} right`)),
    },
    {
      kind: 'bar',
      title: 'Distances from training to test domain',
      x: { label: 'method' },
      y: { label: 'distance' },
      series: [
        { label: 'gradients', x: names, y: distances.map(({ gradient }) => gradient) },
        { label: 'Hessians', x: names, y: distances.map(({ spectral }) => spectral) },
      ],
    },
    {
      kind: 'line',
      title: 'How much the gap may grow when the head moves',
      x: { label: 'radius / |theta|' },
      y: { label: 'certified growth' },
      series: pairs.map(({ source: from, target, head, length }, k) => ({
        label: names[k],
        x: RADII,
        y: RADII.map((radius) => transferBound(from, target, head, { delta: radius * length }).bound),
      })),
    },
  ]
  const readout: [string, string][] = names.map((name, k) => [
    name,
    `${percent(accuracies[k])} right, ${percent(colourless[k])} without colour`,
  ])
  return { figures, readout: [...readout, ['shape alone', `${percent(test.shape)} at best`]], progress }
}

const demo: Demo = {
  title: 'A shortcut that fails in the next domain',
  intro:
    'Each point has a place and a colour; the colour agrees with the class in 95 % and 80 % of the two training domains and in 10 % of the test domain. ERM follows the colour and mistakes most test points. V-REx and HGP follow it less, but with the first settings they do not ignore it: the readout says how many test points each gets right, with the colour and without, and what the shape alone could give. Move the weight of the penalty and the size of the batches.',
  controls: [
    { kind: 'range', name: 'weight', label: 'weight of the penalty', min: 1, max: 1e5, log: true, value: 1000 },
    { kind: 'range', name: 'batch', label: 'batch size', min: 20, max: 400, step: 20, value: 200 },
    { kind: 'toggle', name: 'unbiased', label: 'unbiased HGP', value: false },
  ],
  run,
  code: ({ weight, batch, unbiased }) => `import { random } from '@opt/core'
import { trainAcrossDomains } from '@opt/hessian-alignment'

// Height decides; the colour agrees with the class in 95 % and 80 % of the cases.
const rng = random(1)
const domains = [0.95, 0.8].map((agrees) => {
  const targets = Array.from({ length: 400 }, () => rng.integer(0, 2))
  const inputs = targets.map((y) => [rng.normal(), y + rng.normal(0, 0.5), rng.uniform() < agrees ? y : 1 - y])
  return { inputs, targets }
})
const { model } = trainAcrossDomains([3, 8, 1], domains, {
  method: 'hgp',
  unbiased: ${unbiased},
  weight: ${Number((weight as number).toPrecision(3))},
  annealSteps: 100,
  steps: ${STEPS},
  batchSize: ${Math.round(batch as number)},
  learningRate: 0.02,
})
console.log(model.domainReport(domains).text)
`,
}
export default demo
