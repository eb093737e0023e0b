// The projection onto C beside cvxpy with Clarabel, and a step of LV-HBA, by the numbers of examples and features.
// node bench/index.mjs [--quick]     Python with cvxpy: OPT_PYTHON, or .venv-peers in the repository's root.
import { random } from '@opt/core'
import { lvHba, weightedSvm } from '@opt/lv-hba'
import { NO_PEER, startPeer } from '../../../../scripts/lib/python-peer.mjs'

const quick = process.argv.includes('--quick')
const ROUNDS = quick ? 2 : 5
const POINTS = 20

/** Two noisy clouds, features scaled as in the experiment. */
function drawExamples(rng, n, features) {
  const labels = Array.from({ length: n }, () => (rng.uniform() < 0.5 ? 1 : -1))
  const shift = Float64Array.from({ length: features }, () => rng.normal(0, 0.5))
  const row = (label) => Array.from(shift, (value) => (label * value + rng.normal()) / Math.sqrt(features))
  return { inputs: labels.map(row), labels }
}

const show = (ms) => (ms >= 1 ? `${ms.toPrecision(3)} ms` : `${(ms * 1e3).toPrecision(3)} us`)
const python = await startPeer(new URL('cvxpy_peer.py', import.meta.url))
const rows = []
const cases = [
  [50, 5],
  [200, 30],
  [500, 30],
  [1000, 100],
  [2000, 100],
]
for (const [n, features] of quick ? cases.slice(0, 2) : cases) {
  console.error(`${n} examples, ${features} features`)
  const rng = random(1)
  const train = drawExamples(rng, n, features)
  const problem = weightedSvm(train, drawExamples(rng, n, features))
  const { x, y } = problem.dimensions
  const exact = problem.solveLower(new Float64Array(x)).y
  // Points off a lower solution, as steps of the algorithm give them.
  const points = Array.from({ length: POINTS }, () => exact.map((value) => value + rng.normal(0, 0.1)))
  if (python)
    await python.ask(JSON.stringify({ A: train.inputs.map((row, i) => [...row, 1].map((v) => v * train.labels[i])) }))
  const [workX, workY] = [new Float64Array(x), new Float64Array(y)]
  const best = { ours: Infinity, cvxpy: Infinity, step: Infinity }
  let gap = 0
  for (let round = 0; round < ROUNDS; round++) {
    for (let repeat = 0; repeat < 10; repeat++) {
      const start = performance.now()
      for (const point of points) {
        workX.fill(0)
        workY.set(point)
        problem.projectJoint(workX, workY)
      }
      best.ours = Math.min(best.ours, (performance.now() - start) / POINTS)
    }
    const steps = n <= 500 ? 2000 : 200
    const options = { alpha: 0.2, penalty: { c: 0.01 }, bound: 100, tolerance: 0, maxIterations: steps, history: false }
    const start = performance.now()
    lvHba(problem, { x: new Float64Array(x), y: exact }, options)
    best.step = Math.min(best.step, (performance.now() - start) / steps)
    if (!python) continue
    for (const point of points.slice(0, round === 0 ? 3 : 1)) {
      const reply = JSON.parse(await python.ask(JSON.stringify({ point: [...point] })))
      best.cvxpy = Math.min(best.cvxpy, reply.milliseconds)
      workX.fill(0)
      workY.set(point)
      problem.projectJoint(workX, workY)
      reply.nearest.forEach((value, j) => {
        gap = Math.max(gap, Math.abs(value - workY[j]))
      })
    }
  }
  const bytes = 8 * (9 * x + 9 * y + 6 * n + 2 * n * (features + 1) + (features + 1) ** 2)
  rows.push([
    n,
    features,
    show(best.ours),
    python ? show(best.cvxpy) : '-',
    python ? Math.round(best.cvxpy / best.ours) : '-',
    python ? gap.toExponential(0) : '-',
    show(best.step),
    `${Math.round(bytes / 1000)} kB`,
  ])
}
python?.stop()

const head = [
  'examples',
  'features',
  'projection',
  'cvxpy, Clarabel',
  'times as fast',
  'difference',
  'a step in all',
  'memory',
]
console.log(`| ${head.join(' | ')} |\n| ${head.map(() => '---:').join(' | ')} |`)
for (const row of rows) console.log(`| ${row.join(' | ')} |`)
console.log(
  `\nThe best of ${ROUNDS} rounds or more in turns, one thread each${python ? `; ${python.version}, the problem built once with parameters` : ''}.`,
)
if (!python) console.log(NO_PEER)
