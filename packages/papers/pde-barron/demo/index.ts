import { type ControlValues, type Demo, exp, type Figure, type Frame, type Image } from '@opt/core'
import {
  type Condition,
  conditioning,
  type GridSolution,
  lagrangian,
  type NeuronSolution,
  solveGrid,
  solveNeurons,
} from '@opt/pde-barron'

const BOUNDARY: Condition[] = ['dirichlet', 'dirichlet']
const MODES = 24
const WIDTH = 0.1
const CHARGES = [20, -12]
const STEPS_PER_FRAME = 3

const density = (places: [number, number][]) => (x: number[]) => {
  let sum = 0
  for (const [k, [px, py]] of places.entries()) {
    const square = (x[0] - px) * (x[0] - px) + (x[1] - py) * (x[1] - py)
    sum += (CHARGES[k] / (2 * Math.PI * WIDTH * WIDTH)) * exp(-square / (2 * WIDTH * WIDTH))
  }
  return sum
}

/** Red where the potential is positive, blue where it is negative; y upwards. */
function paint(values: ArrayLike<number>, side: number, top: number, label: string): Image {
  const data = new Uint8Array(3 * side * side)
  for (let row = 0; row < side; row++)
    for (let column = 0; column < side; column++) {
      const part = Math.max(-1, Math.min(1, values[column * side + side - 1 - row] / top))
      const rest = 255 * (1 - Math.abs(part))
      data.set([part > 0 ? 255 : rest, rest, part > 0 ? rest : 255], 3 * (row * side + column))
    }
  return { width: side, height: side, channels: 3, data, label }
}

const percent = (value: number) => `${Number((100 * value).toPrecision(2))} %`

function* run(values: ControlValues): Generator<Frame, void, void> {
  const nonlinear = values.nonlinear as boolean
  const count = values.neurons as number
  const f = density(values.charges as [number, number][])
  const L = nonlinear ? lagrangian('poisson-boltzmann', { screening: 25 }) : lagrangian('quadratic', { reaction: 25 })
  const problem = { lagrangian: L, f, boundary: BOUNDARY, modes: MODES }
  const duals: number[] = []
  let answer: ReturnType<typeof solveGrid>
  let initial: GridSolution['state'] | undefined
  let iterations = 0
  const figures = (grid: GridSolution, network?: { solution: NeuronSolution; values: Float64Array }): Figure[] => {
    const side = grid.picture.axis.length
    const { data } = grid.picture.values
    const top = data.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-9)
    const { rate } = conditioning({ ...L.constants({}), Mu: nonlinear ? muOf(top) : 25 }, { boundary: BOUNDARY })
    const x = duals.map((_, t) => t + 1)
    let line = duals[0]
    return [
      {
        kind: 'images',
        title: 'Potential',
        caption: 'Red is positive, blue negative.',
        images: [
          paint(data, side, top, 'sines'),
          ...(network ? [paint(network.values, side, top, `${count} neurons`)] : []),
        ],
      },
      {
        kind: 'line',
        title: 'Residual after each step',
        x: { label: 'step' },
        y: { label: 'dual norm', scale: 'log' },
        series: [
          { label: 'adaptive steps', x, y: duals },
          {
            label: 'guaranteed with fixed steps',
            dashed: true,
            x,
            y: duals.map((_, t) => (t === 0 ? line : (line *= rate))),
          },
        ],
      },
    ]
  }
  do {
    answer = solveGrid(problem, { initial, certificateModes: MODES, maxIterations: STEPS_PER_FRAME, tolerance: 1e-8 })
    initial = answer.state
    iterations += answer.iterations
    duals.push(...answer.history.map(({ dual }) => dual))
    yield {
      figures: figures(answer),
      readout: [['steps', String(iterations)]],
      progress: Math.min(0.6, iterations / 30),
    }
  } while (answer.status === 'max-iterations')
  const grid = solveGrid(problem, { initial })
  const peak = grid.picture.values.data.reduce((most, value) => Math.max(most, value), 0)
  const lines: [string, string][] = [
    ['steps', String(iterations)],
    ['peak', peak.toFixed(3)],
    ['error bound', percent(grid.relativeBound)],
  ]
  yield { figures: figures(grid), readout: lines, progress: 0.7 }
  const solution = solveNeurons(
    { lagrangian: L, f, boundary: BOUNDARY, neurons: { count, scale: 3 }, rule: 24 },
    { tolerance: 1e-6 },
  )
  const { axis } = grid.picture
  const points = Array.from(axis).flatMap((x) => Array.from(axis, (y) => [x, y]))
  const network = solution.value(points)
  let [square, size] = [0, 0]
  for (const [i, value] of grid.picture.values.data.entries()) {
    square += (network[i] - value) * (network[i] - value)
    size += value * value
  }
  yield {
    figures: figures(grid, { solution, values: network }),
    readout: [
      ...lines,
      ['network, error in L2', percent(Math.sqrt(square / size))],
      ['network, bound in H1', percent(solution.errorBound! / grid.u.h1())],
    ],
    progress: 1,
  }
}

/** The largest second derivative of 25 (cosh u - 1) where |u| <= top. */
const muOf = (top: number) => 12.5 * (exp(top) + exp(-top))

const demo: Demo = {
  title: 'Charges in salt water',
  intro:
    'Drag the two charges. The potential comes with a bound on its error; below, the residual falls faster than guaranteed. Fewer neurons: the network beside it gets worse, and its own bound says so.',
  controls: [
    {
      kind: 'points',
      name: 'charges',
      label: 'the charges 20 and -12',
      value: [
        [0.35, 0.4],
        [0.65, 0.6],
      ],
    },
    { kind: 'toggle', name: 'nonlinear', label: 'nonlinear screening', value: true },
    { kind: 'range', name: 'neurons', label: 'neurons', min: 10, max: 200, step: 10, value: 80 },
  ],
  run,
  code: ({ charges, nonlinear, neurons }) => {
    const places = (charges as [number, number][]).map((p) => `[${p.map((v) => Number(v.toFixed(3)))}]`)
    return `import { lagrangian, solveGrid, solveNeurons } from '@opt/pde-barron'

const bump = (x, [px, py]) => Math.exp(-((x[0] - px) ** 2 + (x[1] - py) ** 2) / 0.02) / (0.02 * Math.PI)
const problem = {
  lagrangian: lagrangian(${nonlinear ? "'poisson-boltzmann', { screening: 25 }" : "'quadratic', { reaction: 25 }"}),
  f: (x) => 20 * bump(x, ${places[0]}) - 12 * bump(x, ${places[1]}),
  boundary: ['dirichlet', 'dirichlet'],
}
const grid = solveGrid({ ...problem, modes: ${MODES} })
console.log('peak', Math.max(...grid.picture.values.data).toFixed(3), 'bound', grid.relativeBound.toExponential(1))
const network = solveNeurons({ ...problem, neurons: { count: ${neurons}, scale: 3 }, rule: 24 }, { tolerance: 1e-6 })
console.log('bound of the network', (network.errorBound / grid.u.h1()).toExponential(1))
`
  },
}
export default demo
