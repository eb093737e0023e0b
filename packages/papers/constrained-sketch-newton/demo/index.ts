import {
  type AdaSketchNewtonState,
  adaSketchNewton,
  type ConstrainedProblem,
  kaczmarz,
  kktSystem,
} from '@opt/constrained-sketch-newton'
import { type ControlValues, type Demo, type Figure, type Frame, Random, random } from '@opt/core'
import { pointSeries } from '@opt/core/experiment'

const RADIUS = 1.2
const FRAMES = 30
/** Projections that are drawn. */
const PATH = 40

type Point = [number, number]
/** From the unit square of the page to the plane. */
const placed = ([u, v]: Point): Point => [5 * u - 2.5, 5 * v - 2.5]

/** A bent valley with its minimum at (1.2, 1.232). */
const valley = (x: number, y: number) => (x - 1.2) * (x - 1.2) + 2 * (y - 0.8 - 0.3 * x * x) * (y - 0.8 - 0.3 * x * x)

function problemOf(curve: string, [p, q]: Point): ConstrainedProblem {
  const circle = curve === 'circle'
  return {
    f: ([x, y]) => valley(x, y),
    gradient([x, y]) {
      const off = y - 0.8 - 0.3 * x * x
      return [2 * (x - 1.2) - 2.4 * x * off, 4 * off]
    },
    constraints: ([x, y]) =>
      circle
        ? [(x - p) * (x - p) + (y - q) * (y - q) - RADIUS * RADIUS]
        : [y - q - 0.5 * (x - p) * ((x - p) * (x - p) - 2)],
    jacobian: ([x, y]) => [circle ? [2 * (x - p), 2 * (y - q)] : [1 - 1.5 * (x - p) * (x - p), 1]],
    hessianLagrangian([x, y], [l]) {
      const off = y - 0.8 - 0.3 * x * x
      const [xx, yy] = circle ? [2 * l, 2 * l] : [-3 * l * (x - p), 0]
      return [
        [2 - 2.4 * off + 1.44 * x * x + xx, -2.4 * x],
        [-2.4 * x, 4 + yy],
      ]
    },
  }
}

/** Dots where a function of the plane crosses a level. */
function crossings(of: (x: number, y: number) => number, levels: number[]): { x: number[]; y: number[] } {
  const [x, y]: number[][] = [[], []]
  const cells = 90
  const at = (i: number) => -2.5 + (5 * i) / cells
  const look = (xa: number, ya: number, xb: number, yb: number) => {
    const [a, b] = [of(xa, ya), of(xb, yb)]
    for (const level of levels)
      if (a < level !== b < level) {
        const t = (level - a) / (b - a)
        x.push(xa + t * (xb - xa))
        y.push(ya + t * (yb - ya))
      }
  }
  for (let i = 0; i < cells; i++)
    for (let j = 0; j < cells; j++) {
      look(at(i), at(j), at(i + 1), at(j))
      look(at(i), at(j), at(i), at(j + 1))
    }
  return { x, y }
}

/** The points z_j to which the projections of the next inner solve go, and the solution z of the system. */
function projections(problem: ConstrainedProblem, state: AdaSketchNewtonState): { path: Point[]; solution: Point } {
  const { K, residual } = kktSystem(problem, state.x, state.multipliers)
  // The same random numbers as in the solver: the path is its own.
  const solver = kaczmarz()(3, new Random(state.random))
  solver.load(K.data, residual)
  const path: Point[] = []
  for (let step = 0; step < PATH; step++) {
    solver.run(0, 1)
    path.push([solver.z[0], solver.z[1]])
  }
  solver.run(1e-9, 1e5)
  return { path, solution: [solver.z[0], solver.z[1]] }
}

const inside = (x: number, y: number) => Math.abs(x) <= 2.5 && Math.abs(y) <= 2.5

function picture(problem: ConstrainedProblem, drawn: Figure[], iterates: Point[], state: AdaSketchNewtonState): Figure {
  const [base] = drawn
  if (base.kind !== 'scatter') throw new Error('the base is a scatter')
  const here = iterates[iterates.length - 1]
  const { path, solution } = projections(problem, state)
  const moved = path.map(([a, b]): Point => [here[0] + a, here[1] + b]).filter(([a, b]) => inside(a, b))
  const exact = Array.from(
    { length: 21 },
    (_, k): Point => [here[0] + (k / 20) * solution[0], here[1] + (k / 20) * solution[1]],
  ).filter(([a, b]) => inside(a, b))
  return {
    ...base,
    series: [
      ...base.series,
      pointSeries('exact Newton step', exact),
      pointSeries('Kaczmarz projections', moved),
      pointSeries('iterates', iterates),
    ],
  }
}

function* run(values: ControlValues): Generator<Frame, void, void> {
  const [centre, start] = (values.points as Point[]).map(placed)
  const problem = problemOf(values.curve as string, centre)
  const { theta, eta1, eta2 } = values as Record<string, number>
  const options = {
    inner: kaczmarz(),
    accuracy: 'residual' as const,
    theta,
    tolerance: 1e-9,
    innerLimit: 20_000,
    singularTolerance: 1e-6,
  }
  const curve = crossings((x, y) => (problem.constraints!(Float64Array.of(x, y)) as number[])[0], [0])
  const levels = crossings(valley, [0.1, 0.5, 1.5, 3, 6, 12, 24])
  const base: Figure = {
    kind: 'scatter',
    title: 'The objective, the constraint, and the steps',
    caption:
      'Each inner step projects onto one of the three equations of the Newton system, until the step is good enough.',
    x: { label: 'x' },
    y: { label: 'y' },
    series: [
      { label: 'level sets of f', ...levels },
      { label: 'c(x) = 0', ...curve },
    ],
  }
  let state: AdaSketchNewtonState = {
    x: start,
    multipliers: [0],
    eta1,
    eta2,
    delta: 0.1,
    kappa: 0.1,
    k: 0,
    random: random(values.seed as number).state(),
  }
  const iterates: Point[] = [start]
  const seen = {
    k: [] as number[],
    kkt: [] as number[],
    alpha: [] as number[],
    merit: [] as number[],
    steps: [] as number[],
  }
  for (let frame = 0; frame < FRAMES; frame++) {
    const shown = picture(problem, [base], iterates, state)
    const {
      history,
      state: next,
      message,
      status,
      kkt,
      f,
    } = adaSketchNewton(problem, state, { ...options, maxIterations: 1 })
    for (const { error, alpha, merit, innerSteps } of history) {
      seen.k.push(seen.k.length + 1)
      seen.kkt.push(Math.max(error, 1e-16))
      seen.alpha.push(alpha)
      seen.merit.push(merit)
      seen.steps.push(innerSteps)
    }
    const line = (label: string, y: number[]) => ({ label, x: [...seen.k], y: [...y] })
    yield {
      figures: [
        shown,
        {
          kind: 'line',
          title: 'KKT residual and step length',
          x: { label: 'outer iteration' },
          y: { label: 'value', scale: 'log' },
          series: [line('|R|', seen.kkt), line('alpha', seen.alpha)],
        },
        {
          kind: 'line',
          title: 'Merit',
          x: { label: 'outer iteration' },
          y: { label: 'exact augmented Lagrangian' },
          series: [line('M', seen.merit)],
        },
        {
          kind: 'bar',
          title: 'Inner steps',
          x: { label: 'outer iteration' },
          y: { label: 'Kaczmarz steps' },
          series: [{ label: 'steps', x: seen.k.map(String), y: [...seen.steps] }],
        },
      ],
      readout: [
        ['outer iterations', String(seen.k.length)],
        ['f', f.toFixed(4)],
        ['|R|', kkt.toExponential(1)],
        ['eta1, eta2', `${next.eta1.toPrecision(3)}, ${next.eta2.toPrecision(3)}`],
        [
          'state',
          status === 'max-iterations'
            ? 'running'
            : status === 'converged'
              ? status
              : message.replace('adaSketchNewton: ', ''),
        ],
      ],
      progress: status === 'max-iterations' ? (frame + 1) / FRAMES : 1,
    }
    if (status !== 'max-iterations') return
    state = next
    iterates.push([state.x[0], state.x[1]])
  }
}

const demo: Demo = {
  title: 'Newton steps by random projections',
  intro:
    'Move the curve and the start. The iterates settle where the curve touches a level set; each Newton step is only as exact as theta asks, and the projections bounce towards it.',
  controls: [
    { kind: 'choice', name: 'curve', label: 'constraint', options: ['circle', 'cubic'], value: 'circle' },
    {
      kind: 'points',
      name: 'points',
      label: 'curve, start',
      value: [
        [0.42, 0.4],
        [0.15, 0.85],
      ],
    },
    { kind: 'range', name: 'theta', label: 'theta', min: 0.001, max: 5, log: true, value: 1 },
    { kind: 'range', name: 'eta1', label: 'eta1', min: 0.01, max: 100, log: true, value: 1 },
    { kind: 'range', name: 'eta2', label: 'eta2', min: 0.001, max: 1, log: true, value: 0.1 },
    { kind: 'range', name: 'seed', label: 'seed', min: 0, max: 20, step: 1, value: 0 },
  ],
  run,
  code({ curve, points, theta, eta1, eta2, seed }) {
    const [[p, q], start] = (points as Point[])
      .map(placed)
      .map((point) => point.map((value) => Number(value.toFixed(3))))
    const [c, G] =
      curve === 'circle'
        ? [`(x - ${p}) ** 2 + (y - ${q}) ** 2 - ${RADIUS} ** 2`, `2 * (x - ${p}), 2 * (y - ${q})`]
        : [`y - ${q} - 0.5 * (x - ${p}) * ((x - ${p}) ** 2 - 2)`, `1 - 1.5 * (x - ${p}) ** 2, 1`]
    return `import { adaSketchNewton, kaczmarz } from '@opt/constrained-sketch-newton'

const off = (x, y) => y - 0.8 - 0.3 * x * x
const problem = {
  f: ([x, y]) => (x - 1.2) ** 2 + 2 * off(x, y) ** 2,
  gradient: ([x, y]) => [2 * (x - 1.2) - 2.4 * x * off(x, y), 4 * off(x, y)],
  constraints: ([x, y]) => [${c}],
  jacobian: ([x, y]) => [[${G}]],
}
const { x, multipliers, message } = adaSketchNewton(problem, [${start.join(', ')}], {
  inner: kaczmarz(),
  accuracy: 'residual',
  theta: ${theta},
  eta1: ${eta1},
  eta2: ${eta2},
  seed: ${seed},
  tolerance: 1e-6,
  checkDerivatives: true,
})
console.log(message)
console.log(x.join(' '), multipliers.join(' '))
`.replaceAll('- -', '+ ')
  },
}
export default demo
