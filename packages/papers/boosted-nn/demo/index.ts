import { type BoostedSolution, boostedNetwork, decision, type GrownNetwork, type LossName } from '@opt/boosted-nn'
import { type ControlValues, cos, type Demo, type Figure, type Frame, random, sin } from '@opt/core'
import ndarray from 'ndarray'

const SIDE = 60
const UNITS = 60
const { PI } = Math
type Points = [number, number][]

/** Two noisy half moons on the unit square. */
function moons(): [upper: Points, lower: Points] {
  const rng = random(3)
  const half = (side: 1 | -1): Points =>
    Array.from({ length: 14 }, (_, i) => {
      const angle = (PI * (i + 0.5)) / 14
      const [x, y] = [cos(angle) + rng.normal(0, 0.15), sin(angle) + rng.normal(0, 0.15)]
      return [0.5 + side * (0.28 * x - 0.12), 0.5 + side * (0.38 * y - 0.05)]
    })
  return [half(1), half(-1)]
}

/** The unit square as [-2, 2]^2, the range of standardised features. */
const place = (t: number): number => 4 * t - 2

const grid = ndarray(
  Float64Array.from({ length: 2 * SIDE * SIDE }, (_, k) => {
    const p = k >> 1
    return place(((k % 2 === 0 ? p % SIDE : SIDE - 1 - Math.floor(p / SIDE)) + 0.5) / SIDE)
  }),
  [SIDE * SIDE, 2],
)

interface Data {
  X: number[][]
  y: number[]
}

function dataOf({ positive, negative }: ControlValues): Data {
  const lists = [positive as Points, negative as Points]
  return {
    X: lists.flat().map(([a, b]) => [place(a), place(b)]),
    y: lists.flatMap((list, k) => list.map(() => (k === 0 ? 1 : -1))),
  }
}

function surface(network: GrownNetwork, units: number, { X, y }: Data): Figure {
  const F = decision(network, grid, { units }).data
  const data = Array.from(F, (f) => 128 + 80 * Math.max(-1, Math.min(1, f)) + (f > 0 ? 15 : -15))
  const pixel = (v: number) => Math.min(SIDE - 1, Math.max(0, Math.floor(((v + 2) / 4) * SIDE)))
  X.forEach(([a, b], i) => {
    const [column, row] = [pixel(a), SIDE - 1 - pixel(b)]
    for (const [dr, dc] of [
      [0, 0],
      [1, 0],
      [-1, 0],
      [0, 1],
      [0, -1],
    ] as const)
      if (row + dr >= 0 && row + dr < SIDE && column + dc >= 0 && column + dc < SIDE)
        data[(row + dr) * SIDE + column + dc] = y[i] > 0 ? 255 : 0
  })
  const image = { width: SIDE, height: SIDE, channels: 1 as const, data, label: `${units} units on` }
  return { kind: 'images', title: 'The decision surface', images: [image] }
}

function* run(values: ControlValues): Generator<Frame, void, void> {
  const { neuronsPerStep, learningRate, unitsOn } = values as Record<string, number>
  const { safeguard, loss } = values as { safeguard: boolean; loss: string }
  const data = dataOf(values)
  if (new Set(data.y).size < 2) return
  const problem = { X: data.X, y: data.y }
  const options = { loss: loss as LossName, units: UNITS, neuronsPerStep, learningRate, safeguard, subsample: 0.5 }
  const T = Math.floor(UNITS / neuronsPerStep)
  let state: BoostedSolution['state'] | undefined
  let answer: BoostedSolution | undefined
  for (let stage = 1; stage <= T; stage++) {
    // Short runs, each going on from the last, so that every frame has a network to draw.
    const next = boostedNetwork(problem, { ...options, ...(state && { resume: state }), maxIterations: 1 })
    if (next.status === 'diverged' || next.status === 'stalled') break
    answer = next
    state = next.state
    yield frame(answer, data, Math.min(unitsOn, stage * neuronsPerStep), stage / T)
  }
  if (answer) yield frame(answer, data, Math.min(unitsOn, answer.network.b.length), 1)
}

function frame({ network, losses, steps }: BoostedSolution, data: Data, units: number, progress: number): Frame {
  const cut = units - (units % network.neuronsPerStep)
  const F = decision(network, data.X, { units: cut }).data
  const wrong = data.y.filter((label, i) => label * F[i] <= 0).length
  const rises = losses.filter((loss, t) => t > 0 && loss > losses[t - 1]).length
  const shown = (v: number) => Math.min(1e6, Math.max(1e-6, v))
  return {
    figures: [
      surface(network, cut, data),
      {
        kind: 'line',
        title: 'Training loss',
        x: { label: 'units' },
        y: { label: 'loss', scale: 'log' },
        series: [
          {
            label: 'loss',
            x: Array.from(losses, (_, t) => t * network.neuronsPerStep),
            y: Array.from(losses, shown),
          },
        ],
      },
    ],
    readout: [
      ['units on', `${cut} of ${network.b.length}`],
      ['wrong', `${wrong} of ${data.y.length}`],
      ['last step', steps[steps.length - 1].toPrecision(3)],
      ['rises of the loss', String(rises)],
    ],
    progress,
  }
}

const [upper, lower] = moons()

const demo: Demo = {
  title: 'A network grown a few units at a time',
  intro:
    'Move the points, and watch the surface grow. Switch the last units off again: less accurate, and as much faster. At learning rate 1 without the safeguard, the squared loss blows up.',
  controls: [
    { kind: 'points', name: 'positive', label: 'white points', value: upper },
    { kind: 'points', name: 'negative', label: 'black points', value: lower },
    { kind: 'range', name: 'unitsOn', label: 'units on', min: 0, max: UNITS, step: 1, value: UNITS },
    { kind: 'range', name: 'neuronsPerStep', label: 'units a stage', min: 1, max: 10, step: 1, value: 3 },
    { kind: 'range', name: 'learningRate', label: 'learning rate', min: 0.05, max: 1, log: true, value: 0.2 },
    { kind: 'choice', name: 'loss', label: 'loss', options: ['squared', 'logistic'], value: 'squared' },
    { kind: 'toggle', name: 'safeguard', label: 'safeguard', value: true },
  ],
  run,
  code: (values) => {
    const { X, y } = dataOf(values)
    const rows = X.map((row) => `[${row.map((v) => v.toFixed(2))}]`).join(', ')
    return `import { boostedNetwork, decision } from '@opt/boosted-nn'

const X = [${rows}]
const y = [${y}]
const { network, losses, message } = boostedNetwork({ X, y }, {
  loss: '${values.loss}',
  units: ${UNITS},
  neuronsPerStep: ${values.neuronsPerStep},
  learningRate: ${values.learningRate},
  safeguard: ${values.safeguard},
})
console.log(message, losses.at(-1))
console.log(decision(network, X, { units: ${values.unitsOn} }).data)
`
  },
}
export default demo
