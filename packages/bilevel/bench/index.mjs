// A lower solve from 0 and a hypergradient beside numpy with scipy and torch's autograd, in turns.
// node bench/index.mjs [--quick]     Python with scipy and torch: OPT_PYTHON, or .venv-peers in the repository's root.
import { hypergradient, solveLower, weightedLogistic, weightedSoftmax } from '@opt/bilevel'
import { random } from '@opt/core'
import { NO_PEER, startPeer } from '../../../scripts/lib/python-peer.mjs'

const quick = process.argv.includes('--quick')
const ROUNDS = quick ? 3 : 15
const TOLERANCE = 1e-8

/** Noisy labels of normal features by a random linear rule. */
function drawExamples(rng, n, d, classes) {
  const W = Array.from({ length: classes }, () => Array.from({ length: d }, () => rng.normal()))
  const inputs = Array.from({ length: n }, () => Array.from({ length: d }, () => rng.normal() / Math.sqrt(d)))
  const labels = inputs.map((row) => {
    const scores = W.map((w) => row.reduce((sum, value, j) => sum + value * w[j], 0) + rng.normal(0, 0.3))
    return scores.indexOf(Math.max(...scores))
  })
  return { inputs, labels }
}

const show = (ms) => `${ms.toPrecision(3)} ms`
const python = await startPeer(new URL('python_peer.py', import.meta.url))
const rows = []
const cases = [
  [200, 100, 30, 2],
  [1000, 300, 50, 2],
  [400, 200, 65, 10],
  [2000, 500, 100, 10],
  [10000, 1000, 200, 10],
]
for (const [n, validation, d, classes] of quick ? cases.slice(0, 3) : cases) {
  console.error(`${n} examples, ${d} features, ${classes} classes`)
  const rng = random(1)
  const [train, clean] = [n, validation].map((size) => drawExamples(rng, size, d, classes))
  const problem = (classes === 2 ? weightedLogistic : weightedSoftmax)(train, clean, { l2: 0.01 })
  const x = Float64Array.from({ length: n }, () => rng.normal())
  if (python) await python.ask(JSON.stringify({ train, clean, classes, l2: 0.01, x: [...x], tolerance: TOLERANCE }))
  const best = { ours: Infinity, scipy: Infinity, torch: Infinity }
  let gap = 0
  const work = () => {
    const lower = solveLower(problem.lower, x, new Float64Array(problem.dimensions.y), { tolerance: TOLERANCE })
    return hypergradient(problem, x, lower.y, { tolerance: TOLERANCE })
  }
  for (let round = 0; round < ROUNDS; round++) {
    let answer
    for (let k = 0; k < 4; k++) {
      const start = performance.now()
      answer = work()
      best.ours = Math.min(best.ours, performance.now() - start)
    }
    if (answer.status !== 'converged') throw new Error(answer.message)
    if (!python) continue
    for (const peer of ['scipy', 'torch']) {
      const reply = JSON.parse(await python.ask(JSON.stringify({ peer, runs: 4 })))
      best[peer] = Math.min(best[peer], reply.milliseconds)
      const size = Math.max(...answer.gradient.map(Math.abs))
      gap = Math.max(gap, ...reply.gradient.map((value, i) => Math.abs(value - answer.gradient[i]) / size))
    }
  }
  const peers = python
    ? [
        show(best.scipy),
        show(best.torch),
        (best.scipy / best.ours).toPrecision(2),
        (best.torch / best.ours).toPrecision(2),
      ]
    : ['-', '-', '-', '-']
  rows.push([n, d, classes, problem.dimensions.y, show(best.ours), ...peers, python ? gap.toExponential(0) : '-'])
}
python?.stop()

const head = [
  'examples',
  'features',
  'classes',
  'dim y',
  'ours',
  'numpy, scipy',
  'torch',
  'scipy / ours',
  'torch / ours',
  'difference',
]
console.log(`| ${head.join(' | ')} |\n| ${head.map(() => '---').join(' | ')} |`)
for (const row of rows) console.log(`| ${row.join(' | ')} |`)
console.log(
  `\nNode ${process.version}, one thread each, the best of ${ROUNDS} rounds in turns, tolerances ${TOLERANCE}; 'difference' is that of the hypergradients, relative.${python ? ` ${python.version}.` : ''}`,
)
if (!python) console.log(NO_PEER)
