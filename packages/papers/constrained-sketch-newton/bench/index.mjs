// Outer iterations and times beside scipy's SLSQP, then a step of each inner solver and a whole solve by size.
// node bench/index.mjs [--quick]     Python with scipy: OPT_PYTHON, or .venv-peers in the repository's root.
import {
  adaSketchNewton,
  direct,
  gaussian,
  kaczmarz,
  kktSystem,
  logisticRegression,
  minres,
  pdeControl,
  testProblem,
  testProblemNames,
} from '@opt/constrained-sketch-newton'
import { random } from '@opt/core'
import { a9a, isDataAbsent } from '@opt/datasets'
import { printTable } from '../../../../scripts/lib/bench.mjs'
import { NO_PEER, startPeer } from '../../../../scripts/lib/python-peer.mjs'

const quick = process.argv.includes('--quick')
const ROUNDS = quick ? 2 : 7

const show = (ms) =>
  ms >= 1
    ? `${ms.toPrecision(3)} ms`
    : ms >= 1e-3
      ? `${(ms * 1e3).toPrecision(3)} us`
      : `${(ms * 1e6).toPrecision(3)} ns`
function best(rounds, work) {
  let least = Infinity
  for (let round = 0; round < rounds; round++) {
    const start = performance.now()
    work()
    least = Math.min(least, performance.now() - start)
  }
  return least
}
const plain = (values) =>
  'data' in values ? Array.from(values.data) : Array.from(values, (v) => (v.length ? [...v] : v))
const rowsOf = (G, n) =>
  'data' in G ? Array.from({ length: G.data.length / n }, (_, i) => [...G.data.subarray(i * n, (i + 1) * n)]) : plain(G)

/** Answers SLSQP's questions until it is done. */
async function slsqp(peer, problem, start) {
  let reply = JSON.parse(await peer.ask(JSON.stringify({ start: [...start], ftol: 1e-14, limit: 500 })))
  while (!reply.done) {
    const x = Float64Array.from(reply.x)
    reply = JSON.parse(
      await peer.ask(
        JSON.stringify({
          f: problem.f(x),
          g: [...problem.gradient(x)],
          c: [...problem.constraints(x)],
          G: rowsOf(problem.jacobian(x), x.length),
        }),
      ),
    )
  }
  return reply
}

const python = await startPeer(new URL('slsqp_peer.py', import.meta.url))
const rows = []
let [fewer, compared] = [0, 0]
for (const name of testProblemNames.filter((name) => !quick || name < 'BT5')) {
  console.error(name)
  const problem = testProblem(name)
  const options = { tolerance: 1e-10, maxIterations: 300, history: false }
  const answer = adaSketchNewton(problem, problem.start, options)
  const time = best(ROUNDS, () => adaSketchNewton(problem, problem.start, options))
  let theirs
  if (python) {
    for (let round = 0; round < Math.min(ROUNDS, 3); round++) {
      const reply = await slsqp(python, problem, problem.start)
      if (!theirs || reply.milliseconds < theirs.milliseconds) theirs = reply
    }
    const settled = answer.status === 'converged' && theirs.success
    compared += settled
    fewer += settled && answer.iterations <= theirs.iterations
  }
  rows.push([
    name,
    answer.status === 'converged'
      ? answer.iterations
      : `${answer.reason ?? answer.status} at ${answer.kkt.toExponential(0)}`,
    answer.f.toPrecision(9),
    show(time),
    ...(theirs
      ? [
          theirs.success ? theirs.iterations : `fails, ${theirs.iterations}`,
          theirs.f.toPrecision(9),
          show(theirs.milliseconds),
        ]
      : ['-', '-', '-']),
  ])
}
python?.stop()
printTable(['problem', 'outer iterations', 'f', 'time', 'SLSQP', 'its f', 'its time'], rows)
console.log(
  python
    ? `The usual starts; ours with exact Newton systems to |R| <= 1e-10, SLSQP (${python.version}) with ftol 1e-14 and the same gradients; it uses no Hessians, and its time leaves out the functions. Where both succeed, ours takes no more iterations on ${fewer} of ${compared}.\n`
    : `${NO_PEER}\n`,
)

const steps = []
for (const q of quick ? [3] : [2, 3, 5, 7, 9, 12]) {
  console.error(`PDE, q = ${q}`)
  const problem = pdeControl(q)
  const N = problem.n + problem.m
  const { K, residual } = kktSystem(problem, problem.start, new Float64Array(problem.m).fill(1))
  const perStep = (make, count) => {
    const solver = make(N, random(1))
    solver.load(K.data, residual)
    solver.run(0, count)
    return best(ROUNDS, () => solver.run(0, count)) / count
  }
  const whole = (make) => {
    const solver = make(N, random(1))
    const size = Math.hypot(...residual)
    let taken = 0
    const time = best(3, () => {
      solver.load(K.data, residual)
      taken = solver.run(1e-6 * size, 2e6)
    })
    return Math.hypot(...solver.r) <= 1.01e-6 * size ? `${show(time)}, ${taken}` : `over ${show(time)}`
  }
  steps.push([
    N,
    show(perStep(kaczmarz(), 20000)),
    show(perStep(gaussian(), 500)),
    show(
      best(ROUNDS, () => {
        const solver = direct()(N, random(1))
        solver.load(K.data, residual)
        solver.run(0, 1)
      }),
    ),
    whole(minres()),
    whole(kaczmarz()),
    `${Math.round((8 * (2 * N * N + N * Math.ceil(N / 8))) / 1000)} kB`,
  ])
}
printTable(
  [
    'N',
    'a Kaczmarz step',
    'a Gaussian step',
    'direct',
    'MINRES to 1e-6: time, products',
    'Kaczmarz to 1e-6: time, steps',
    'memory',
  ],
  steps,
)
console.log(`KKT systems of the PDE problem on q x q points, N = 3 q^2. The best of ${ROUNDS} rounds.\n`)

/** A Kaczmarz step at the size of a9a. */
const N = 134
const rng = random(1)
const K = new Float64Array(N * N)
for (let i = 0; i < N; i++) for (let j = 0; j <= i; j++) K[i * N + j] = K[j * N + i] = rng.normal()
const step = kaczmarz()(N, rng)
step.load(
  K,
  Float64Array.from({ length: N }, () => rng.normal()),
)
step.run(0, 1e5)
console.log(
  `A Kaczmarz step at N = 134: ${show(best(ROUNDS, () => step.run(0, 1e5)) / 1e5)}, the residual's norm included.`,
)
try {
  const table = await a9a()
  const equations = {
    A: Array.from({ length: 10 }, () => Float64Array.from({ length: 123 }, () => rng.normal())),
    b: Float64Array.from({ length: 10 }, () => rng.normal()),
    radius: 1,
  }
  const problem = logisticRegression(table, table.labels, equations)
  const time = best(ROUNDS, () =>
    adaSketchNewton(problem, new Float64Array(123).fill(1), {
      multipliers0: new Float64Array(11).fill(1),
      shiftThreshold: 1e-2,
    }),
  )
  console.log(`Constrained logistic regression on a9a.t, exact systems, |R| <= 1e-4: ${show(time)}.`)
} catch (error) {
  if (!isDataAbsent(error)) throw error
  console.log('a9a is left out: there is no data folder with a9a.t (OPT_DATA_DIR).')
}
