// fcls beside pysptools and ml-fcnnls, an iteration beside scikit-learn's NMF, and the growth with the size; CPU time.
// node bench/index.mjs [--quick]     Python with pysptools and scikit-learn: OPT_PYTHON, or .venv-peers in the repository's root.
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { constant, fcls, scene, unmix, whitenedStart } from '@opt/spectral-unmixing'
import { fcnnls } from 'ml-fcnnls'
import { Matrix } from 'ml-matrix'
import ndarray from 'ndarray'
import { cpuTime, duration, printTable } from '../../../../scripts/lib/bench.mjs'
import { NO_PEER, startPeer } from '../../../../scripts/lib/python-peer.mjs'

const quick = process.argv.includes('--quick')
const ROUNDS = quick ? 2 : 5

const folder = mkdtempSync(join(tmpdir(), 'spectral-unmixing-'))
const peers = await startPeer(new URL('peers.py', import.meta.url))
async function ask(task, argument, parts) {
  const path = join(folder, 'problem')
  const file = openSync(path, 'w')
  for (const part of parts) writeSync(file, new Uint8Array(part.buffer, part.byteOffset, part.byteLength))
  closeSync(file)
  const [time, error] = (await peers.ask(`${task} ${path} ${argument}`)).split(' ').map(Number)
  return { time, error }
}

/** 198 bands x 10,000 pixels, the size of Jasper Ridge. */
const image = (bands, size, endmembers) => {
  const drawn = scene({ bands, size, endmembers, random: 1 })
  const pixels = Math.min(10_000, drawn.rows * drawn.columns)
  const cut = (m) => {
    const [rows, columns] = m.shape
    const data = new Float64Array(rows * pixels)
    for (let i = 0; i < rows; i++) data.set(m.data.subarray(i * columns, i * columns + pixels), i * pixels)
    return ndarray(data, [rows, pixels])
  }
  return { Y: cut(drawn.Y), M: drawn.M, A: cut(drawn.A) }
}

/** The largest violation of the conditions of optimality, relative to the data: 0 for the exact answer. */
function certificate(Y, M, A) {
  const [bands, pixels] = Y.shape
  const K = M.shape[1]
  let worst = 0
  for (let n = 0; n < pixels; n++) {
    const slopes = new Float64Array(K)
    for (let l = 0; l < bands; l++) {
      let r = Y.data[l * pixels + n]
      for (let k = 0; k < K; k++) r -= M.data[l * K + k] * A.data[k * pixels + n]
      for (let k = 0; k < K; k++) slopes[k] += r * M.data[l * K + k]
    }
    let mean = 0
    for (let k = 0; k < K; k++) mean += A.data[k * pixels + n] * slopes[k]
    for (const slope of slopes) worst = Math.max(worst, (slope - mean) / bands)
  }
  return worst
}

/** Nonnegative least squares with a heavy row of ones: what a package without the constraint would be given. */
function byNnls(Y, M, pixels) {
  const [bands, all] = Y.shape
  const K = M.shape[1]
  const X = new Matrix(bands + 1, K)
  const B = new Matrix(bands + 1, pixels)
  for (let l = 0; l < bands; l++) {
    for (let k = 0; k < K; k++) X.set(l, k, M.data[l * K + k])
    for (let n = 0; n < pixels; n++) B.set(l, n, Y.data[l * all + n])
  }
  for (let k = 0; k < K; k++) X.set(bands, k, 1e4)
  for (let n = 0; n < pixels; n++) B.set(bands, n, 1e4)
  const { time, answer } = cpuTime(() => fcnnls(X, B))
  const found = answer.K ?? answer
  return { time: time / pixels, at: (k, n) => found.get(k, n) }
}

console.error('fcls')
const exact = []
for (const K of quick ? [4] : [4, 8, 12]) {
  const { Y, M } = image(198, 10, K)
  const pixels = Y.shape[1]
  const sample = K > 8 ? 200 : 500
  let [ours, theirs, nnls] = [{ time: Infinity }, { time: Infinity }, { time: Infinity }]
  fcls(Y, M)
  for (let round = 0; round < ROUNDS; round++) {
    const run = cpuTime(() => fcls(Y, M))
    if (run.time < ours.time) ours = run
    if (peers && round < 2) {
      const reply = await ask('fcls', sample, [Float64Array.of(198, pixels, K), Y.data, M.data, ours.answer.data])
      if (reply.time < theirs.time) theirs = reply
    }
    const other = byNnls(Y, M, 2000)
    if (other.time < nnls.time) nnls = other
  }
  let off = 0
  for (let k = 0; k < K; k++)
    for (let n = 0; n < 2000; n++) off = Math.max(off, Math.abs(nnls.at(k, n) - ours.answer.data[k * pixels + n]))
  const mine = ours.time / pixels
  exact.push([
    K,
    duration(mine),
    certificate(Y, M, ours.answer).toExponential(1),
    ...(peers
      ? [duration(theirs.time), theirs.error.toExponential(1), Math.round(theirs.time / mine)]
      : ['-', '-', '-']),
    duration(nnls.time),
    off.toExponential(1),
    Math.round(nnls.time / mine),
  ])
}
printTable(
  [
    'K',
    'fcls, a pixel',
    'off optimality',
    'pysptools',
    'differs by',
    'times as fast',
    'ml-fcnnls',
    'differs by',
    'times as fast',
  ],
  exact,
)

console.error('one iteration')
const { Y } = image(198, 10, 4)
const start = whitenedStart(Y, 4)
const initial = { endmembers: start.endmembers, abundances: start.abundances }
const steps = quick ? 20 : 100
const perIteration = (options) => {
  const run = (maxIterations) =>
    cpuTime(() => unmix(Y, 4, { initial, ...options, tolerance: 0, history: false, maxIterations })).time
  return (run(5 + steps) - run(5)) / steps
}
const kinds = {
  'RRLbS, learned map': {},
  'RRLbS, constant map': { guidance: constant(0.5) },
  'Frobenius, no sparsity': { loss: 'frobenius', sparsity: 0 },
}
const best = Object.fromEntries([...Object.keys(kinds), 'mu', 'cd'].map((name) => [name, Infinity]))
for (let round = 0; round < ROUNDS; round++) {
  for (const [name, options] of Object.entries(kinds)) best[name] = Math.min(best[name], perIteration(options))
  if (peers)
    for (const solver of ['mu', 'cd']) {
      const { time } = await ask(solver, steps, [Float64Array.of(...Y.shape, 4), Y.data])
      best[solver] = Math.min(best[solver], time)
    }
}
printTable(
  ['198 bands x 10,000 pixels, K = 4', 'an iteration', 'sklearn NMF mu / this', 'cd / this'],
  Object.keys(kinds).map((name) => [
    name,
    duration(best[name]),
    ...['mu', 'cd'].map((solver) => (peers ? (best[solver] / best[name]).toFixed(2) : '-')),
  ]),
)
peers?.stop()
rmSync(folder, { recursive: true })

console.error('growth')
const growth = []
for (const [bands, size, K] of quick
  ? [[100, 8, 4]]
  : [
      [100, 8, 2],
      [100, 8, 4],
      [100, 8, 8],
      [100, 8, 16],
      [400, 8, 4],
      [198, 14, 4],
    ]) {
  const { Y: given } = scene({ bands, size, endmembers: K, random: 2 })
  const pixels = given.shape[1]
  const begin = cpuTime(() => whitenedStart(given, K))
  const from = { endmembers: begin.answer.endmembers, abundances: begin.answer.abundances }
  const run = (maxIterations) =>
    cpuTime(() => unmix(given, K, { initial: from, tolerance: 0, history: false, maxIterations })).time
  run(2)
  const time = (run(25) - run(5)) / 20
  const megabytes = (8 * (pixels * (bands + (bands % 2) + 3 * K + 1) + 4 * K * bands)) / 1e6
  growth.push([
    bands,
    pixels,
    K,
    duration(begin.time),
    duration(time),
    duration(time / pixels),
    `${megabytes.toPrecision(3)} MB`,
  ])
}
printTable(['bands', 'pixels', 'K', 'whitened start', 'an iteration', 'a pixel', 'memory beside Y'], growth)
console.log(
  `Node ${process.version}${peers ? `, ${peers.version}` : ''}; one thread each, CPU time, the best of ${ROUNDS} rounds in turns (pysptools: of 2).`,
)
if (!peers) console.log(NO_PEER)
