import { type Experiment, type ExperimentContext, random, type Series } from '@opt/core'
import { mnist } from '@opt/datasets'
import { droppedMass } from './plan/sparsify.ts'
import { densities1d, imagePair, randomAssignment, type TransportProblem } from './problem/families.ts'
import { sinkhorn } from './sinkhorn.ts'
import { sinkhornNewton } from './sinkhorn-newton.ts'

const TOLERANCE = 1e-9
const SINKHORN_CAP = 30_000
const NEWTON_CAP = 60
const PAIRS = [
  [0, 1],
  [2, 3],
  [4, 7],
]

/** One row of the paper's comparison. */
interface Row {
  name: string
  /** The first row of a family is drawn, and repeated with the paper's own settings. */
  family: string
  /** Sinkhorn iterations of the paper's settings. */
  warmup: number
  eta: number
  /** The paper's SNS and Sinkhorn iterations to machine accuracy. */
  paper: string
  /** Sinkhorn needs at least so many times the iterations; null: printed, not judged. */
  factor: number | null
  make: () => TransportProblem
}

const PAPER = {
  assignment: 'n = 500: 29 against 56 199',
  sqeuclidean: '53 against 2 041',
  cityblock: '777 against 5 748',
}

async function rows({ scale, seed, dataFolder, note }: ExperimentContext): Promise<Row[]> {
  const assignment = (n: number, eta: number, factor: number | null) => (k: number) => ({
    name: `assignment, n = ${n}, eta = ${eta}, seed ${seed + k}`,
    family: 'assignment',
    warmup: 20,
    eta,
    paper: PAPER.assignment,
    factor,
    make: () => randomAssignment(n, random(seed + k)),
  })
  const digits = await mnist({ split: 'test', folder: dataFolder })
  note(`Digits: ${digits.source}; pairs of test pictures, floor 0.01, cost between pixels divided by its maximum.`)
  const picture = (i: number) => Float64Array.from(digits.features.data.subarray(784 * i, 784 * (i + 1)))
  const images =
    (metric: 'sqeuclidean' | 'cityblock', margin: number) =>
    ([i, j]: number[]) => {
      const side = 28 + 2 * margin
      const framed = (k: number) => frame(picture(k), 28, margin)
      const distance = metric === 'cityblock' ? 'L1' : 'squared L2'
      return {
        name: `digits ${digits.labels[i]} and ${digits.labels[j]}, ${distance}, n = ${side * side}`,
        family: `digits ${metric}`,
        warmup: metric === 'cityblock' ? 700 : 20,
        eta: 1200,
        paper: PAPER[metric],
        factor: 10,
        make: () => imagePair(framed(i), framed(j), { height: side, width: side, metric, maxPixel: 255 }),
      }
    }
  const density = (n: number, p: 1 | 2) => ({
    name: `densities on a line, W${p}, n = ${n}`,
    family: `densities W${p}`,
    warmup: 20,
    eta: 1200,
    paper: '',
    factor: 10,
    make: () => densities1d(n, p),
  })

  const range = (k: number) => Array.from({ length: k }, (_, i) => i)
  const few = scale === 'quick' ? 1 : 3
  return [
    ...range(scale === 'full' ? 5 : few).map(assignment(500, 1200, 100)),
    ...(scale === 'quick' ? [] : range(scale === 'full' ? 3 : 1).map(assignment(1000, 2400, 10))),
    ...(scale === 'quick' ? [] : [assignment(1000, 1200, null)(0)]),
    ...PAIRS.slice(0, few).map(images('sqeuclidean', 0)),
    ...PAIRS.slice(0, few).map(images('cityblock', 0)),
    ...(scale === 'full' ? [-3, 2].flatMap((margin) => PAIRS.map(images('sqeuclidean', margin))) : []),
    ...(scale === 'full' ? [-3, 2].flatMap((margin) => PAIRS.map(images('cityblock', margin))) : []),
    ...(scale === 'full' ? [500, 1000, 2000] : [500]).map((n) => density(n, 2)),
    ...(scale === 'full' ? [500, 1000] : [500]).map((n) => density(n, 1)),
  ]
}

/** Puts a black margin around a square picture; cuts it when the margin is negative. */
function frame(pixels: Float64Array, side: number, margin: number): Float64Array {
  const to = side + 2 * margin
  return Float64Array.from({ length: to * to }, (_, k) => {
    const [i, j] = [Math.floor(k / to) - margin, (k % to) - margin]
    return i >= 0 && i < side && j >= 0 && j < side ? pixels[i * side + j] : 0
  })
}

const count = (n: number, reached: boolean) => (reached ? String(n) : `> ${n}`)

/** Compares the iterations of SNS and Sinkhorn to 1e-9 on the paper's three families and on smooth densities. */
export const experiment: Experiment = async (context) => {
  const list = await rows(context)
  const table: (string | number)[][] = []
  const drawn = new Set<string>()
  for (const [k, { name, family, eta, paper, factor, make }] of list.entries()) {
    await context.progress(k / (list.length + 1), name)
    const { cost, a, b } = make()
    const options = { epsilon: 1 / eta, tolerance: TOLERANCE, signal: context.signal }
    const [sns, snsTime] = await timed(() => sinkhornNewton.async(cost, a, b, options))
    await context.progress((k + 0.1) / (list.length + 1), `${name}, Sinkhorn`)
    const [plain, plainTime] = await timed(() =>
      sinkhorn.async(cost, a, b, { ...options, maxIterations: SINKHORN_CAP }),
    )
    await context.progress((k + 1) / (list.length + 1), name)

    const converged = sns.status === 'converged'
    const ratio = plain.iterations / sns.iterations
    const ours = `${count(sns.iterations, converged)} against ${count(plain.iterations, plain.status === 'converged')}`
    context.claim({
      claim: `${name}: ${factor === null ? 'fewer' : `at least ${factor} times fewer`} iterations than Sinkhorn`,
      paper,
      ours,
      pass: factor === null ? null : converged && ratio >= factor,
    })
    const seconds = (ms: number) => (ms / 1000).toFixed(2)
    table.push([
      name,
      `${sns.sinkhornIterations} + ${sns.newtonIterations}`,
      count(plain.iterations, plain.status === 'converged'),
      Math.round(ratio),
      seconds(snsTime),
      seconds(plainTime),
      sns.error.toExponential(1),
    ])

    if (!drawn.has(family)) {
      drawn.add(family)
      context.figure(errorFigure(name, sns.history, plain.history))
    }
  }
  context.table({
    title: `To an L1 error of ${TOLERANCE} (Sinkhorn on an absorbed kernel, at most ${SINKHORN_CAP} iterations)`,
    columns: ['problem', 'SNS: Sinkhorn + Newton', 'Sinkhorn', 'ratio', 'SNS, s', 'Sinkhorn, s', 'error of SNS'],
    rows: table,
  })
  const families = [...new Set(list.map(({ family }) => family))]
  await fixedCounts(
    context,
    families.map((family) => list.find((row) => row.family === family)!),
  )
  sparsity(context)
  context.note(
    'The annealing of epsilon and the adaptive number of kept entries are ours, not the paper’s: with the paper’s fixed count of 2 n entries only the assignment problems converge here, with 15 n the digits too (table above). What carries over is the claim: orders of magnitude fewer iterations.',
  )
  context.note(
    'Sinkhorn’s count varies a hundredfold between seeds and pairs, and where eta is small for n (assignment, n = 1000, eta = 1200) it converges quickly by itself. Where only the unregularised optimum is wanted, an exact network simplex gives it as fast on small problems; the README’s benchmark compares the two.',
  )
}

async function timed<T>(work: () => Promise<T>): Promise<[T, number]> {
  const start = performance.now()
  const value = await work()
  return [value, performance.now() - start]
}

function errorFigure(
  name: string,
  sns: { iteration: number; levelError: number; phase: string }[],
  plain: { iteration: number; error: number }[],
) {
  const thin = plain.filter(({ iteration }) => iteration <= 20 || iteration % Math.ceil(plain.length / 400) === 0)
  const curve = (label: string, points: { iteration: number; y: number }[]): Series => ({
    label,
    x: points.map(({ iteration }) => iteration),
    y: points.map(({ y }) => Math.max(y, 1e-16)),
  })
  return {
    kind: 'line' as const,
    title: `Sinkhorn against SNS: ${name}`,
    caption:
      'L1 error of the marginals at the level being solved. SNS steps down through its levels of regularisation (each step down lifts the error), then Newton falls off a cliff.',
    x: { label: 'iteration', scale: 'log' as const },
    y: { label: 'L1 error', scale: 'log' as const },
    series: [
      curve(
        'Sinkhorn',
        thin.map(({ iteration, error }) => ({ iteration, y: error })),
      ),
      curve(
        'SNS',
        sns.map(({ iteration, levelError }) => ({ iteration, y: levelError })),
      ),
    ],
  }
}

/** Runs the paper's own settings: no annealing, N1 Sinkhorn iterations, a fixed number of entries. */
async function fixedCounts(context: ExperimentContext, list: Row[]): Promise<void> {
  const table: (string | number)[][] = []
  for (const { name, eta, warmup, make } of list) {
    const { cost, a, b } = make()
    for (const multiple of [2, 3, 15]) {
      await context.progress(list.length / (list.length + 1), `${name}, ${multiple}n entries kept`)
      const s = sinkhornNewton(cost, a, b, {
        epsilon: 1 / eta,
        tolerance: TOLERANCE,
        annealing: false,
        warmup,
        keep: multiple * a.length,
        stopWhen: ({ iteration }) => iteration >= warmup + NEWTON_CAP,
      })
      const steps = count(s.newtonIterations, s.status === 'converged')
      const ended = s.status === 'stalled' ? `stalled after ${s.newtonIterations}` : steps
      table.push([name, `${multiple}n`, s.sinkhornIterations, ended, s.error.toExponential(1)])
    }
  }
  context.table({
    title: `The paper’s settings: fixed count of kept entries, no annealing, at most ${NEWTON_CAP} Newton steps`,
    columns: ['problem', 'entries kept', 'Sinkhorn steps first', 'Newton steps', 'error'],
    rows: table,
  })
}

/** Measures Theorem 1: the plan of an assignment problem is the sparser the larger eta. */
function sparsity(context: ExperimentContext): void {
  const n = 200
  const { cost, a, b } = randomAssignment(n, random(context.seed))
  const outside = [100, 400, 1600, 6400].map((eta) =>
    droppedMass(sinkhornNewton(cost, a, b, { epsilon: 1 / eta }).plan().data, 3 * n),
  )
  context.claim({
    claim:
      'The plan is approximately sparse: its mass outside the 3n largest entries vanishes as eta grows (assignment, n = 200)',
    paper: 'Theorem 1: exponentially small in eta',
    ours: `eta = 100, 400, 1600, 6400: ${outside.map((mass) => mass.toExponential(1)).join(', ')}`,
    pass: outside.every((mass, k) => k === 0 || mass < outside[k - 1]) && outside[3] < 1e-3,
  })
}
