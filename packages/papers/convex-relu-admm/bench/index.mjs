// Compares ADMM on the convex program with CVXPY, scnn and the paper's dense form, and measures its cost over sizes.
// node bench/index.mjs [--quick]
import { convexRelu, predict, samplePatterns } from '@opt/convex-relu-admm'
import { random } from '@opt/core'
import ndarray from 'ndarray'
import { countMemory, printTable } from '../../../../scripts/lib/bench.mjs'
import { startPeers } from './peer.mjs'

const quick = process.argv.includes('--quick')
const BETA = 0.1

const wasmBytes = countMemory()

/** Returns Gaussian data, the values of a network of six neurons, and P distinct patterns with their normals. */
function makeProblem(n, d, P, seed = 0) {
  const rng = random(seed)
  const gaussian = (rows, deviation = 1) =>
    ndarray(
      Float64Array.from({ length: rows * d }, () => rng.normal(0, deviation)),
      [rows, d],
    )
  const X = gaussian(n)
  const y = predict({ hidden: gaussian(6, 1 / Math.sqrt(d)), output: Array.from({ length: 6 }, () => rng.normal()) }, X)
  const normals = gaussian(3 * P)
  const patterns = samplePatterns(X, { normals, count: P })
  const G = ndarray(new Float64Array(patterns.count * d), [patterns.count, d])
  for (const [k, i] of patterns.indices.entries()) G.data.set(normals.data.subarray(i * d, (i + 1) * d), k * d)
  return { X, y, patterns, G }
}

/** Returns the seconds until the objective stays within a relative gap of the optimum, or Infinity. */
function reach(times, objectives, optimum, gap) {
  let k = objectives.length
  while (k > 0 && Math.abs(objectives[k - 1] / optimum - 1) <= gap) k--
  return k === objectives.length ? Infinity : times[k]
}

/** Returns times and objectives of a run; without peers, the last objective is the reference. */
function trace({ X, y, patterns }, maxIterations) {
  const start = performance.now()
  const times = []
  const objectives = []
  const onProgress = ({ objective }) => {
    times.push((performance.now() - start) / 1000)
    objectives.push(objective)
  }
  const options = { patterns, beta: BETA, rho: BETA, tolerance: 1e-7, history: false, onProgress }
  convexRelu(X, y, { ...options, maxIterations })
  return { times, objectives }
}

/** Returns milliseconds per iteration (the least, without measurements), set-up in seconds, and memory in MB. */
function perIteration({ X, y, patterns }, form, iterations = 100) {
  const before = wasmBytes()
  const start = performance.now()
  const options = { patterns, beta: BETA, form, tolerance: 0, measureEvery: 1_000_000, history: false }
  const steps = convexRelu.steps(X, y, { ...options, maxIterations: iterations })
  steps.next()
  const setUp = (performance.now() - start) / 1000
  const memory = (wasmBytes() - before) / 1e6
  let ms = Infinity
  for (let then = performance.now(); !steps.next().done; then = performance.now())
    ms = Math.min(ms, performance.now() - then)
  return { ms, setUp, memory }
}

const show = (s) => (s === undefined || s === null ? '-' : s === Infinity ? 'not reached' : s.toPrecision(2))
const verdict = (target, met) => [target, met === null ? '-' : met ? 'met' : 'not met']

const peers = await startPeers()
const { cvxpy, scnn } = peers?.versions ?? {}

// Peers.
const sizes = [
  [50, 5, 10],
  [100, 10, 20],
  [200, 20, 20],
  [200, 20, 40],
  [400, 20, 40],
  [400, 40, 40],
].slice(0, quick ? 3 : 6)
let solver = ''
const rows = []
for (const [n, d, P] of sizes) {
  console.error(`${n} x ${d}, ${P} patterns`)
  const problem = makeProblem(n, d, P)
  trace(problem, 20)
  const ours = [0, 1].map(() => trace(problem, 6000))
  const exact = cvxpy ? await peers.solve('cvxpy', problem, BETA) : null
  // scnn is slow: only the smallest and the largest.
  const other = scnn && (n === 50 || (n === 400 && d === 40)) ? await peers.solve('scnn', problem, BETA) : null
  if (exact) solver = exact.solver
  const optimum = exact?.objective ?? ours[0].objectives.at(-1)
  const fastest = (gap) => Math.min(...ours.map(({ times, objectives }) => reach(times, objectives, optimum, gap)))
  const fine = fastest(1e-4)
  const gapLeft = other ? Math.abs(other.objectives.at(-1) / optimum - 1).toExponential(0) : '-'
  const last = n === 400 && d === 40
  rows.push([
    `${n} x ${d} x ${P}`,
    show(fastest(1e-3)),
    show(fine),
    show(exact?.seconds),
    exact ? show(exact.seconds / fine) : '-',
    show(other?.times.at(-1)),
    gapLeft,
    ...(last ? verdict('3 times under CVXPY', exact ? exact.seconds >= 3 * fine : null) : ['', '']),
  ])
}
const gaps = ['ours to 1e-3, s', 'ours to 1e-4, s', 'CVXPY, s', 'CVXPY / ours', 'scnn, s', 'gap scnn ends with']
printTable(['n x d x P', ...gaps, 'target', ''], rows)
const who = [cvxpy && `${cvxpy} with ${solver}`, scnn].filter(Boolean).join(', ')
console.log(
  `Squared loss, beta ${BETA}, rho ${BETA}, one thread, set-up included. Time until the convex objective stays within the gap of CVXPY's optimum (best of 2 runs of ours). ${who ? `Peers: ${who}; '-' where one was not run.` : 'No peers are installed (npm run bench:peers).'}\n`,
)
peers?.stop()

// The paper's dense form.
const forms = [
  [200, 18, 40],
  [200, 72, 10],
  [400, 40, 40],
]
printTable(
  ['n x d x P', '2 P d', 'dense, ms', 'n x n, ms', 'ratio', 'target', ''],
  forms.map(([n, d, P]) => {
    console.error(`dense form, ${n} x ${d} x ${P}`)
    const problem = makeProblem(n, d, P)
    const dense = perIteration(problem, 'dense')
    const fast = perIteration(problem, 'rows')
    const ratio = dense.ms / fast.ms
    return [
      `${n} x ${d} x ${P}`,
      2 * P * d,
      show(dense.ms),
      show(fast.ms),
      ratio.toFixed(1),
      ...verdict('5', ratio >= 5),
    ]
  }),
)
console.log(
  "Milliseconds per iteration, the least of 100: the paper's Cholesky factor of 2 P d rows against our n x n system.\n",
)

// Our own cost.
const curve = [
  [50, 10, 20],
  [200, 20, 50],
  [500, 50, 100],
  [1000, 50, 100],
  [1000, 100, 200],
  [2000, 100, 200],
].slice(0, quick ? 3 : 6)
printTable(
  ['n x d x P', 'set-up, s', 'iteration, ms', 'memory, MB'],
  curve.map(([n, d, P]) => {
    console.error(`cost, ${n} x ${d} x ${P}`)
    const { ms, setUp, memory } = perIteration(makeProblem(n, d, P), 'rows', 30)
    return [`${n} x ${d} x ${P}`, show(setUp), show(ms), memory < 1 ? '< 1' : memory.toFixed(0)]
  }),
)
console.log('The n x n form. Set-up includes the first iteration and a full measurement; memory is the workspace.')
