// One stage, and whole networks, beside scipy and scikit-learn, in turns in one run.
// node bench/index.mjs [--quick]
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { baseObjective, boostedNetwork, losses } from '@opt/boosted-nn'
import { lbfgs, random } from '@opt/core'
import { diabetes, digits, splitRows, standardize, takeRows } from '@opt/datasets'
import ndarray from 'ndarray'
import { cpuClock, median, printTable, shown } from '../../../../scripts/lib/bench.mjs'
import { NO_PEER, startPeer } from '../../../../scripts/lib/python-peer.mjs'

const quick = process.argv.includes('--quick')
const REPEATS = quick ? 3 : 15
const ITERATIONS = 200

const folder = mkdtempSync(join(tmpdir(), 'boosted-nn-'))
const peer = await startPeer(new URL('peer.py', import.meta.url))

const scaled = ({ features, ...rest }) => ({ ...rest, features: standardize(features).features })
const rule = { rng: random(0), testFraction: 0.25 }
const numbers = scaled(splitRows(await diabetes(), rule).train)
const pictures = scaled(splitRows(await digits(), rule).train)
const progress = standardize(Array.from(numbers.targets, (v) => [v])).features
const firstResiduals = losses.softmax.residuals(
  pictures.labels,
  ndarray(new Float64Array(10 * pictures.labels.length), [pictures.labels.length, 10]),
)

/** The first half of the rows: what one stage is trained on. */
function half(X, R) {
  const n = X.shape[0] >> 1
  const rows = Int32Array.from({ length: n }, (_, i) => i)
  return [takeRows({ features: X }, rows).features, takeRows({ features: R }, rows).features]
}

let files = 0
function fileOf(X, R) {
  const path = join(folder, String(files++))
  writeFileSync(path, Buffer.from(X.data.slice().buffer))
  writeFileSync(path, Buffer.from(R.data.slice().buffer), { flag: 'a' })
  return path
}

function stage(X, R, units) {
  const start = cpuClock()
  const { size, valueAndGradient } = baseObjective(X, R, { units })
  const rng = random(1)
  const from = Float64Array.from({ length: size }, () => rng.uniform(-0.2, 0.2))
  const { value } = lbfgs(valueAndGradient, from, { tolerance: 0, maxIterations: ITERATIONS, history: false })
  return { seconds: cpuClock() - start, value }
}

async function ask(task, path, X, k, units, iterations) {
  const [seconds, value] = (await peer.ask(`${task} ${path} ${X.shape[0]} ${X.shape[1]} ${k} ${units} ${iterations}`))
    .split(' ')
    .map(Number)
  return { seconds, value }
}

/** Medians of milliseconds over runs in turns, and of the ratio of each peer to ours of the same turn. */
async function compare(X, R, units, repeats = REPEATS) {
  const path = fileOf(X, R)
  const k = R.shape[1]
  for (let warm = 0; warm < 3; warm++) stage(X, R, units)
  const turns = []
  for (let r = 0; r < repeats; r++) {
    const ours = stage(X, R, units)
    const scipy = peer && (await ask('scipy', path, X, k, units, ITERATIONS))
    const sklearn = peer && (await ask('sklearn', path, X, k, units, ITERATIONS))
    turns.push({ ours: ours.seconds, scipy: scipy?.seconds, sklearn: sklearn?.seconds })
  }
  const of = (name) => (peer || name === 'ours' ? 1000 * median(turns.map((turn) => turn[name])) : undefined)
  const ratio = (name) => (peer ? median(turns.map((turn) => turn[name] / turn.ours)) : undefined)
  return {
    ours: of('ours'),
    scipy: of('scipy'),
    sklearn: of('sklearn'),
    scipyRatio: ratio('scipy'),
    sklearnRatio: ratio('sklearn'),
  }
}

const cells = ({ ours, scipy, sklearn, scipyRatio, sklearnRatio }) =>
  [ours, scipy, sklearn, scipyRatio, sklearnRatio].map((value) => shown(value, 2))
const names = ['ours, ms', 'numpy + scipy, ms', 'scikit-learn, ms', 'scipy / ours', 'scikit-learn / ours']

const tasks = [
  ['digits', half(pictures.features, firstResiduals), 5],
  ['diabetes', half(numbers.features, progress), 1],
  ['diabetes', half(numbers.features, progress), 5],
]
const rows = []
for (const [name, [X, R], units] of tasks) {
  console.error(`${name}, ${units} units`)
  const shape = `${name}: ${X.shape[0]} x ${X.shape[1]}, ${units} unit${units > 1 ? 's' : ''}, ${R.shape[1]} output${R.shape[1] > 1 ? 's' : ''}`
  rows.push([shape, ...cells(await compare(X, R, units))])
}
printTable(['one stage', ...names], rows)
console.log(
  `One stage of ${ITERATIONS} iterations of L-BFGS, by CPU time; medians of ${REPEATS} runs in turns. ${peer ? `Peers: ${peer.version}.` : NO_PEER}\n`,
)

const rng = random(2)
const gaussian = (n, d) =>
  ndarray(
    Float64Array.from({ length: n * d }, () => rng.normal()),
    [n, d],
  )
const growth = []
for (const [m, d, units, k] of [
  [250, 16, 5, 3],
  [1000, 16, 5, 3],
  [1000, 64, 5, 3],
  [1000, 64, 20, 3],
  [4000, 64, 5, 10],
].slice(0, quick ? 2 : 5)) {
  console.error(`${m} x ${d}, ${units} units`)
  growth.push([
    `${m} x ${d} x ${units} x ${k}`,
    ...cells(await compare(gaussian(m, d), gaussian(m, k), units, 5)),
    ((8 * (2 * m * d + 2 * m * units + 2 * m * k)) / 1e6).toFixed(1),
  ])
}
printTable(['m x d x J x K', ...names, 'arrays, MB'], growth)
console.log('The same on Gaussian data, medians of 5. The arrays are those of ours that grow with m.\n')

const n = pictures.labels.length
const path = fileOf(pictures.features, ndarray(Float64Array.from(pictures.labels), [n, 1]))
const whole = []
for (let r = 0; r < (quick ? 1 : 3); r++) {
  console.error(`whole networks, ${r + 1}`)
  const start = cpuClock()
  boostedNetwork({ X: pictures.features, y: pictures.labels }, { loss: 'softmax', history: false })
  const ours = cpuClock() - start
  const adam = peer && (await ask('adam', path, pictures.features, 1, 200, 200))
  const plain = peer && (await ask('lbfgs', path, pictures.features, 1, 200, 200))
  whole.push([ours, adam?.seconds, plain?.seconds])
}
const at = (k) => (whole[0][k] === undefined ? undefined : median(whole.map((times) => times[k])))
printTable(
  ['a network of 200 units', 'ours, s', 'scikit-learn, Adam, s', 'scikit-learn, L-BFGS, s'],
  [[`digits, ${n} x 64`, ...[0, 1, 2].map((k) => shown(at(k), 2))]],
)
console.log(
  'Boosting in 40 stages of 5 units; scikit-learn trains all units at once, for at most 200 passes or iterations.',
)
peer?.stop()
rmSync(folder, { recursive: true })
