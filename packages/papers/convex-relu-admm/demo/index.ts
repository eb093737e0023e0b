import {
  adversarialAccuracy,
  convexRelu,
  enumeratePatterns,
  inputGradient,
  type Network,
  type Patterns,
  predict,
  thickPatterns,
} from '@opt/convex-relu-admm'
import { type ControlValues, type Demo, type Figure, type Frame, type Image, random, type Series } from '@opt/core'
import { mlp } from '@opt/nn'
import ndarray from 'ndarray'

const SIDE = 72
const BETA = 0.02
const ITERATIONS = 1500
const EPOCHS = 3000
const FRAMES = 50
const PERTURBED = [true, true, false]

/** Maps [0, 1] to the drawn range [-2, 2]. */
const place = (t: number): number => 4 * t - 2

interface Data {
  X: number[][]
  y: number[]
}

function dataOf({ positive, negative }: ControlValues): Data {
  const points = (list: [number, number][]) => list.map(([a, b]) => [place(a), place(b), 1])
  const plus = points(positive as [number, number][])
  const minus = points(negative as [number, number][])
  return { X: [...plus, ...minus], y: [...plus.map(() => 1), ...minus.map(() => -1)] }
}

const grid = ndarray(
  Float64Array.from({ length: 3 * SIDE * SIDE }, (_, k) => {
    const p = Math.floor(k / 3)
    if (k % 3 === 0) return place(((p % SIDE) + 0.5) / SIDE)
    return k % 3 === 1 ? place(1 - (Math.floor(p / SIDE) + 0.5) / SIDE) : 1
  }),
  [SIDE * SIDE, 3],
)

/** Draws the network's values in grey, bright where positive, and on request the lines where neurons switch. */
function picture(network: Network, { X, y }: Data, label: string, epsilon: number, lines: boolean): Image {
  const f = predict(network, grid)
  const data = Array.from(f, (v) => 128 + 70 * Math.max(-1, Math.min(1, v)) + (v >= 0 ? 20 : -20))
  if (lines)
    for (let j = 0; j < network.output.length; j++) {
      const [a, b, c] = [0, 1, 2].map((i) => network.hidden.get(j, i))
      const near = (2 / SIDE) * (Math.abs(a) + Math.abs(b))
      for (let p = 0; p < data.length; p++)
        if (Math.abs(a * grid.data[3 * p] + b * grid.data[3 * p + 1] + c) < near) data[p] = 128
    }
  const pixel = (v: number) => Math.floor(((v + 2) / 4) * SIDE)
  const dot = (a: number, b: number, grey: number) => {
    const column = pixel(a)
    const row = SIDE - 1 - pixel(b)
    if (column >= 0 && column < SIDE && row >= 0 && row < SIDE) data[row * SIDE + column] = grey
  }
  for (const [k, [a, b]] of X.entries()) {
    const grey = y[k] > 0 ? 255 : 0
    for (const [i, j] of [
      [0, 0],
      [1, 0],
      [-1, 0],
      [0, 1],
      [0, -1],
    ])
      dot(a + (4 * i) / SIDE, b + (4 * j) / SIDE, grey)
    if (epsilon > 0)
      for (let t = -epsilon; t <= epsilon; t += 2 / SIDE) {
        for (const side of [-epsilon, epsilon]) {
          dot(a + t, b + side, grey)
          dot(a + side, b + t, grey)
        }
      }
  }
  return { width: SIDE, height: SIDE, channels: 1, data, label }
}

/** Counts the points that keep their label in the whole box, by the gradient at the point. */
function certified(network: Network, { X, y }: Data, epsilon: number): number {
  const f = predict(network, X)
  const g = inputGradient(network, X)
  return y.filter((label, k) => label * f[k] >= epsilon * (Math.abs(g.get(k, 0)) + Math.abs(g.get(k, 1))) - 1e-6).length
}

interface Curve {
  x: number[]
  y: number[]
}

function frame(images: Image[], series: Series[], readout: Frame['readout'], progress: number): Frame {
  const figures: Figure[] = [
    { kind: 'images', title: 'Convex training, and back-propagation from a random start', images },
    {
      kind: 'line',
      title: 'Objective',
      caption: 'The dashed line is a lower bound: no network with these patterns is below it.',
      x: { label: 'share of the run' },
      y: { label: 'loss + weight decay', scale: 'log' },
      series,
    },
  ]
  return { figures, readout, progress }
}

/** Runs gradient descent on hinge loss and weight decay; yields network and objective from time to time. */
function* backpropagate(
  { X, y }: Data,
  width: number,
  learningRate: number,
  seed: number,
): Generator<{ network: Network; objective: number }> {
  const n = X.length
  const net = mlp({ sizes: [3, width, 1], bias: false, loss: 'hinge', initialization: 'lecun', seed, batch: n })
  const data = net.examples(
    X,
    y.map((label) => [label]),
  )
  const all = Int32Array.from(X, (_, k) => k)
  for (let epoch = 0; epoch <= EPOCHS; epoch++) {
    const loss = net.lossAndGradientAt(data, all)
    let squares = 0
    for (const [k, w] of net.parameters.entries()) {
      squares += w * w
      net.gradients[k] = n * net.gradients[k] + BETA * w
    }
    if (epoch % (EPOCHS / FRAMES) === 0) {
      const [first, second] = net.layers()
      const hidden = Float64Array.from(
        { length: 3 * width },
        (_, k) => first.weight[(k % 3) * width + Math.floor(k / 3)],
      )
      const network = { hidden: ndarray(hidden, [width, 3]), output: Float64Array.from(second.weight) }
      yield { network, objective: n * loss + (BETA / 2) * squares }
    }
    net.descend(learningRate)
  }
}

const positiveCurve = ({ x, y }: Curve): Curve => ({ x, y: y.map((v) => Math.max(v, 1e-4)) })

function* run(values: ControlValues): Generator<Frame, void, void> {
  const data = dataOf(values)
  const { X, y } = data
  const epsilon = values.epsilon as number
  const width = values.width as number
  const learningRate = values.learningRate as number
  const seed = values.seed as number
  if (X.length === 0) return
  const patterns: Patterns =
    epsilon > 0
      ? thickPatterns(X, { count: 16, perturbed: PERTURBED, candidates: 4000, random: random(0) })
      : enumeratePatterns(X)

  const options = { patterns, loss: 'hinge', beta: BETA, epsilon, perturbed: PERTURBED, tolerance: 1e-4 } as const
  const upper: Curve = { x: [], y: [] }
  const lower: Curve = { x: [], y: [] }
  const back: Curve = { x: [], y: [] }
  const series = (): Series[] => [
    { label: 'convex', ...positiveCurve(upper) },
    { label: 'lower bound', ...positiveCurve(lower), dashed: true },
    { label: epsilon > 0 ? 'back-propagation (no perturbations)' : 'back-propagation', ...positiveCurve(back) },
  ]

  // Short runs, each continuing the last, so that every frame has a network to draw.
  let answer = convexRelu(X, y, { ...options, maxIterations: 1 })
  const part = ITERATIONS / FRAMES
  for (let k = 1; k <= FRAMES; k++) {
    const best = answer.lowerBound
    answer = convexRelu(X, y, { ...options, initial: answer.state, maxIterations: part })
    answer.lowerBound = Math.max(best, answer.lowerBound)
    upper.x.push(k / FRAMES)
    lower.x.push(k / FRAMES)
    upper.y.push(answer.objective)
    lower.y.push(answer.lowerBound)
    yield frame([convexPicture()], series(), readout(), (0.5 * k) / FRAMES)
  }

  let k = 0
  for (const { network, objective } of backpropagate(data, width, learningRate, seed)) {
    back.x.push(k / FRAMES)
    back.y.push(Math.min(objective, 1e4))
    k++
    const images = [convexPicture(), picture(network, data, `back-propagation, ${width} neurons`, epsilon, false)]
    const attack = { epsilon, perturbed: PERTURBED }
    const unbroken = epsilon > 0 ? Math.round(y.length * adversarialAccuracy(network, X, y, attack)) : 0
    const safe = epsilon > 0 ? ` without perturbations; PGD leaves ${unbroken} of ${y.length} points` : ''
    yield frame(
      images,
      series(),
      [...readout(), ['back-propagation', `${objective.toPrecision(4)}${safe}`]],
      Math.min(1, 0.5 + k / (2 * FRAMES)),
    )
  }

  function convexPicture(): Image {
    return picture(
      answer.network,
      data,
      `convex, ${answer.network.output.length} neurons`,
      epsilon,
      values.lines as boolean,
    )
  }
  function readout(): Frame['readout'] {
    const safe: Frame['readout'] =
      epsilon > 0 ? [['certified', `${certified(answer.network, data, epsilon)} of ${y.length} points`]] : []
    return [
      ['patterns', String(patterns.count)],
      ['convex objective', answer.objective.toPrecision(4)],
      ['lower bound', answer.lowerBound.toPrecision(4)],
      ...safe,
    ]
  }
}

const list = (points: [number, number][]): string =>
  `[${points.map(([a, b]) => `[${place(a).toFixed(2)}, ${place(b).toFixed(2)}, 1]`).join(', ')}]`

const demo: Demo = {
  title: 'The proven global optimum beside back-propagation',
  intro:
    'Move the points. The convex program approaches its optimum from above and below; back-propagation, from a random start, levels off above the same line. With epsilon, boxes are drawn around the points, and the boundary stays outside them.',
  controls: [
    {
      kind: 'points',
      name: 'positive',
      label: 'positive points',
      value: [
        [0.2, 0.25],
        [0.3, 0.2],
        [0.75, 0.8],
        [0.85, 0.7],
      ],
    },
    {
      kind: 'points',
      name: 'negative',
      label: 'negative points',
      value: [
        [0.2, 0.8],
        [0.28, 0.7],
        [0.75, 0.2],
        [0.82, 0.3],
      ],
    },
    { kind: 'range', name: 'epsilon', label: 'epsilon', min: 0, max: 0.8, step: 0.05, value: 0 },
    { kind: 'toggle', name: 'lines', label: 'where neurons switch', value: false },
    { kind: 'range', name: 'width', label: 'neurons of back-propagation', min: 2, max: 50, step: 1, value: 8 },
    { kind: 'range', name: 'learningRate', label: 'learning rate', min: 1e-4, max: 0.1, log: true, value: 0.01 },
    { kind: 'range', name: 'seed', label: 'random start', min: 0, max: 50, step: 1, value: 1 },
  ],
  run,
  code: ({ positive, negative, epsilon }) => {
    const plus = positive as [number, number][]
    const minus = negative as [number, number][]
    const robust = (epsilon as number) > 0
    return `${robust ? "import { random } from '@opt/core'\n" : ''}import { convexRelu, ${robust ? 'thickPatterns' : 'enumeratePatterns'} } from '@opt/convex-relu-admm'

const X = [...${list(plus)}, ...${list(minus)}]
const y = [...Array(${plus.length}).fill(1), ...Array(${minus.length}).fill(-1)]
${
  robust
    ? `const perturbed = [true, true, false]
const patterns = thickPatterns(X, { count: 16, perturbed, candidates: 4000, random: random(0) })
const options = { patterns, loss: 'hinge', beta: ${BETA}, epsilon: ${epsilon}, perturbed }`
    : `const options = { patterns: enumeratePatterns(X), loss: 'hinge', beta: ${BETA} }`
}
const { network, objective, lowerBound } = convexRelu(X, y, options)
console.log(network.output.length, 'neurons, objective', objective, 'at least', lowerBound)
`
  },
}
export default demo
