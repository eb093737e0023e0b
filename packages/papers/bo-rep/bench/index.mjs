// A step of BO-REP on a hyper-representation beside torch's autograd and numpy in closed form, in turns.
// node bench/index.mjs [--quick]     Python with torch: OPT_PYTHON, or .venv-peers in the repository's root.
import { boRep, minibatches, representation } from '@opt/bo-rep'
import { random } from '@opt/core'
import { mlp } from '@opt/nn'
import { NO_PEER, startPeer } from '../../../../scripts/lib/python-peer.mjs'

const quick = process.argv.includes('--quick')
const ROUNDS = quick ? 2 : 5
const STEPS = quick ? 20 : 60

const python = await startPeer(new URL('python_peer.py', import.meta.url))
const show = (us) => `${us.toPrecision(3)} us`
const rows = []
const cases = [
  { features: 16, hidden: 8, classes: 3, batch: 20 },
  { features: 64, hidden: 16, classes: 10, batch: 50 },
  { features: 64, hidden: 64, classes: 10, batch: 50 },
  { features: 256, hidden: 64, classes: 10, batch: 100 },
  { features: 784, hidden: 128, classes: 10, batch: 100 },
]
for (const { features, hidden, classes, batch } of quick ? cases.slice(0, 2) : cases) {
  console.error(`${features} features, ${hidden} hidden units`)
  const rng = random(1)
  const draw = (n) => ({
    inputs: Array.from({ length: n }, () => Array.from({ length: features }, () => rng.normal())),
    targets: Array.from({ length: n }, () => rng.integer(0, classes)),
  })
  const [train, clean] = [draw(200), draw(400)]
  const network = mlp({ sizes: [features, hidden, classes], activation: 'tanh', initialization: 'glorot', seed: 2 })
  const problem = representation(network, train, clean, { l2: 0.01 })
  const drawn = minibatches(rng, { training: 200, validation: 400 }, batch)
  const lists = { lower: [], hvp: [], upper: [] }
  for (let k = 0; k < STEPS; k++) {
    if (k > 0 && k % 2 === 0) for (let t = 0; t < 3; t++) lists.lower.push(drawn.lower().slice())
    lists.hvp.push(drawn.hvp().slice())
    lists.upper.push(drawn.upper().slice())
  }
  const work = () => {
    const at = { lower: 0, hvp: 0, upper: 0 }
    const next = (part) => () => lists[part][at[part]++]
    const batches = { lower: next('lower'), hvp: next('hvp'), upper: next('upper') }
    const options = { eta: 0.02, refine: null, batches, tolerance: 0, maxIterations: STEPS, history: false }
    return boRep(problem, problem.start, options)
  }
  if (python) {
    const matrix = (values, columns) =>
      Array.from({ length: values.length / columns }, (_, i) => [...values.subarray(i * columns, (i + 1) * columns)])
    const start = { x: matrix(problem.start.x, hidden), y: matrix(problem.start.y, classes) }
    const batches = [lists.lower, lists.hvp, lists.upper].map((part) => part.map((indices) => [...indices]))
    await python.ask(JSON.stringify({ train, clean, start, batches, l2: 0.01 }))
  }
  const best = { ours: Infinity, torch: Infinity, numpy: Infinity }
  let gap = 0
  for (let round = 0; round < ROUNDS; round++) {
    let answer
    for (let k = 0; k < 3; k++) {
      const start = performance.now()
      answer = work()
      best.ours = Math.min(best.ours, (1e3 * (performance.now() - start)) / STEPS)
    }
    if (!python) continue
    for (const peer of ['torch', 'numpy']) {
      const reply = JSON.parse(await python.ask(JSON.stringify({ peer })))
      best[peer] = Math.min(best[peer], reply.microseconds)
      gap = Math.max(gap, ...reply.x.map((value, i) => Math.abs(value - answer.x[i])))
    }
  }
  const { x, y } = problem.dimensions
  rows.push([
    `${features}-${hidden}-${classes}`,
    batch,
    x + y,
    show(best.ours),
    ...(python ? [show(best.torch), show(best.numpy)] : ['-', '-']),
    python ? (best.torch / best.ours).toPrecision(2) : '-',
    python ? gap.toExponential(0) : '-',
    `${Math.round((8 * 8 * (x + y)) / 1000)} kB`,
  ])
}
python?.stop()

const head = [
  'network',
  'batch',
  'parameters',
  'ours',
  'torch',
  'numpy',
  'torch / ours',
  'difference',
  'memory of a run',
]
console.log(`| ${head.join(' | ')} |\n| ${head.map(() => '---:').join(' | ')} |`)
for (const row of rows) console.log(`| ${row.join(' | ')} |`)
console.log(
  `\nA step, the best of ${ROUNDS} rounds of ${STEPS} steps in turns, one thread each${python ? `; ${python.version}` : ''}. 'difference' is the largest of x after ${STEPS} steps; memory is that of the eight vectors of each level.`,
)
if (!python) console.log(`\n${NO_PEER}`)
