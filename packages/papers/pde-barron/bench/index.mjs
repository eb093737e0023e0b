// Residuals, sparse products and neurons beside the same in numpy; whole solves beside finite elements of scikit-fem.
// node bench/index.mjs [--quick]     Python with numpy and scikit-fem: OPT_PYTHON, or .venv-peers in the root.
import { random } from '@opt/core'
import { deepRitz, lagrangian, solveGrid, solveNeurons, solveSparse, TrigSum } from '@opt/pde-barron'
import { cpuTime, duration, printTable } from '../../../../scripts/lib/bench.mjs'
import { NO_PEER, startPeer } from '../../../../scripts/lib/python-peer.mjs'
import { ring } from '../dist/experiment/problems.js'

const quick = process.argv.includes('--quick')
const ROUNDS = quick ? 2 : 4
const D = 'dirichlet'
const python = await startPeer(new URL('numpy_peer.py', import.meta.url))
const ask = async (question) => (python ? JSON.parse(await python.ask(JSON.stringify(question))) : undefined)

const megabytes = (numbers) => `${((8 * numbers) / 1e6).toPrecision(2)} MB`
const ratio = (ours, theirs) => (theirs === undefined ? '-' : (ours / theirs).toFixed(2))

/** The least CPU time of some runs, each of so many repetitions. */
function best(run, repeats = 1) {
  let [least, answer] = [Infinity, undefined]
  for (let round = 0; round < ROUNDS; round++) {
    const measured = cpuTime(() => {
      for (let k = 0; k < repeats; k++) answer = run()
      return answer
    })
    least = Math.min(least, measured.time / repeats)
  }
  return { seconds: least, answer }
}

// One residual on a grid: the difference of runs of one step and of many.
const residuals = []
for (const [d, modes] of quick
  ? [[2, 32]]
  : [
      [1, 256],
      [2, 16],
      [2, 32],
      [2, 64],
      [3, 8],
      [3, 16],
    ]) {
  console.error(`residual, d ${d}, ${modes} modes`)
  const rng = random(0)
  const grid = 2 * modes + 2
  const problem = {
    lagrangian: lagrangian('quartic', { gradient: 0.05, cubic: 5 }),
    f: Float64Array.from({ length: grid ** d }, () => rng.normal()),
    boundary: new Array(d).fill(D),
    modes,
  }
  const steps = modes ** d > 2000 ? 40 : 200
  const solve = (maxIterations) => () =>
    solveGrid(problem, { step: 0.01, tolerance: 0, certificateModes: modes, maxIterations, history: false })
  const ours = (best(solve(steps + 1)).seconds - best(solve(1)).seconds) / steps
  const theirs = await ask({ what: 'residual', d, modes, rounds: 2 * ROUNDS })
  // u, f, L, L_u, two buffers, and x, p, L_p for each axis, at all points of the grid.
  const memory = [grid, 4 * modes + 2].map((points) => megabytes((6 + 3 * d) * points ** d))
  residuals.push([d, modes, modes ** d, duration(ours), duration(theirs), ratio(ours, theirs), ...memory])
}
printTable(
  [
    'd',
    'modes an axis',
    'unknowns',
    'one residual',
    'numpy',
    'ours / numpy',
    'memory of the descent',
    'with the certificate',
  ],
  residuals,
)

// Sparse products.
const solveRing = (d) =>
  solveSparse(
    { lagrangian: lagrangian('quartic', { reaction: 1, cubic: 2 }), f: ring(d), threshold: 1e-6, budget: 1e-4 },
    { tolerance: 1e-3 },
  )
const products = []
for (const d of quick ? [5] : [5, 8, 10]) {
  console.error(`products, d ${d}`)
  const { u } = solveRing(d)
  const q = u.multiply(u, 1e-6).product
  for (const [name, left] of [
    ['u u', u],
    ['(u u) u', q],
  ]) {
    const { seconds, answer } = best(() => left.multiply(u, 1e-6).product.terms, 10)
    const [f, g] = [left.toJSON(), u.toJSON()]
    const theirs = await ask({
      what: 'product',
      frequencies: f.frequencies,
      coefficients: f.coefficients,
      others: g.frequencies,
      values: g.coefficients,
      threshold: 1e-6,
      rounds: ROUNDS,
    })
    if (theirs && theirs.terms !== answer) throw new Error(`${answer} terms, numpy has ${theirs.terms}`)
    products.push([
      d,
      name,
      left.terms,
      u.terms,
      answer,
      duration(seconds),
      duration(theirs?.seconds),
      ratio(seconds, theirs?.seconds),
    ])
  }
}
printTable(['d', 'product', 'terms', 'times', 'gives', 'ours', 'numpy', 'ours / numpy'], products)

const dimensions = (quick ? [2, 5] : [2, 5, 8, 10]).map((d) => {
  const { seconds, answer } = best(() => solveRing(d))
  return [d, answer.u.terms, answer.relativeEstimate.toExponential(1), duration(seconds)]
})
printTable(['dimensions', 'terms of u', 'relative H1 error, estimated', 'whole solve'], dimensions)

// Neurons.
const f = ([x, y]) => 40 * x * (1 - x) * Math.exp(x) * y * (1 - y)
const salt = { lagrangian: lagrangian('poisson-boltzmann', { screening: 4 }), f, boundary: [D, D] }
const neurons = []
for (const [count, rule] of quick
  ? [[50, 24]]
  : [
      [25, 16],
      [50, 24],
      [100, 32],
      [200, 32],
    ]) {
  console.error(`${count} neurons`)
  const { seconds, answer } = best(() => solveNeurons({ ...salt, neurons: { count }, rule }))
  const theirs = await ask({ what: 'neurons', n: count, q: rule, rounds: ROUNDS })
  const fit = cpuTime(() => deepRitz({ ...salt, neurons: { count }, rule }, { steps: quick ? 20 : 300 }))
  neurons.push([
    count,
    rule * rule,
    megabytes(3 * count * rule * rule),
    answer.iterations,
    answer.errorBound.toExponential(1),
    duration(seconds),
    duration(theirs),
    ratio(seconds, theirs),
    duration(fit.time / (quick ? 20 : 300)),
  ])
}
printTable(
  [
    'neurons',
    'points',
    'memory',
    'steps',
    'error bound',
    'solve with certificate',
    'numpy, without',
    'ours / numpy',
    'a step of Deep Ritz',
  ],
  neurons,
)

// Finite elements, by error and time.
const threeModes = new TrigSum(
  ['sin', 'sin'],
  [
    [1, 1],
    [2, 2],
    [3, 1],
  ],
  [10, 5, -8],
)
const cubic = { lagrangian: lagrangian('quartic', { cubic: 5 }), f: threeModes, boundary: [D, D] }
const points = Array.from({ length: 41 * 41 }, (_, i) => [(Math.floor(i / 41) + 0.5) / 41, ((i % 41) + 0.5) / 41])
const truth = solveGrid({ ...cubic, modes: 40 }, { tolerance: 1e-13 }).value(points)
const size = Math.hypot(...truth)
const errorOf = (values) => (Math.hypot(...truth.map((v, i) => v - values[i])) / size).toExponential(1)
const whole = []
for (const modes of quick ? [10] : [6, 10, 16]) {
  const { seconds, answer } = best(() => solveGrid({ ...cubic, modes }))
  whole.push([
    `@opt/pde-barron, ${modes} x ${modes} sines`,
    errorOf(answer.value(points)),
    answer.relativeBound.toExponential(1),
    duration(seconds),
  ])
}
if (python)
  for (const [cells, degree] of quick
    ? [[16, 1]]
    : [
        [128, 1],
        [32, 2],
        [64, 2],
      ]) {
    console.error(`finite elements, ${cells}`)
    const answer = await ask({ what: 'fem', cells, degree, rounds: 1 })
    if (answer)
      whole.push([`scikit-fem, P${degree}, ${cells} x ${cells}`, errorOf(answer.values), '-', duration(answer.seconds)])
  }
printTable(['solver', 'relative L2 error', 'bound in H1', 'time'], whole)
console.log(
  `CPU time of one thread, the least of ${ROUNDS} runs. Targets: a residual at most 2.5 times numpy's, products at most half of numpy's time, 100 neurons under 0.2 s, ten dimensions well under a second. Memory is computed: the arrays on all points of the grid, and the values and gradients of the neurons. ${python ? `Peers: ${python.version}.` : NO_PEER}\n`,
)
python?.stop()
