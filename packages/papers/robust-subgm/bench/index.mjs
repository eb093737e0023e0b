// recover() beside cvxpy, an iteration beside torch, numpy and a plain loop, and the growth with the size; CPU time.
// node bench/index.mjs [--quick]     Python with cvxpy and torch: OPT_PYTHON, or .venv-peers in the repository's root.
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { random } from '@opt/core'
import {
  constant,
  denseMeasurements,
  recover,
  spectralInitialization,
  subgm,
  syntheticProblem,
} from '@opt/robust-subgm'
import ndarray from 'ndarray'
import { cpuTime, duration, printTable } from '../../../../scripts/lib/bench.mjs'
import { NO_PEER, startPeer } from '../../../../scripts/lib/python-peer.mjs'

const quick = process.argv.includes('--quick')
const ROUNDS = quick ? 2 : 5

/** Full matrices as a peer takes them, and y with 20 % outliers. */
function draw(d, m) {
  const rng = random(d)
  const { truth } = syntheticProblem({ size: d, rank: 3, count: 1, random: rng })
  const A = Float64Array.from({ length: m * d * d }, () => rng.normal())
  const cube = ndarray(A, [m, d, d])
  const y = denseMeasurements(cube).forward(truth)
  for (const k of rng.choice(m, Math.round(0.2 * m))) y[k] += rng.normal(0, 10)
  return { d, m, A, cube, y, truth }
}
const relative = (X, truth) => {
  const norm = (values) => Math.sqrt(values.reduce((sum, v) => sum + v * v, 0))
  return norm(X.data.map((v, i) => v - truth.data[i])) / norm(truth.data)
}

const folder = mkdtempSync(join(tmpdir(), 'robust-subgm-'))
const peers = await startPeer(new URL('peers.py', import.meta.url))
async function load({ d, m, A, y, truth }) {
  if (!peers) return
  const path = join(folder, 'problem')
  const file = openSync(path, 'w')
  for (const part of [Float64Array.of(d, m), A, y, truth.data])
    writeSync(file, new Uint8Array(part.buffer, part.byteOffset, part.byteLength))
  closeSync(file)
  await peers.ask(`load ${path}`)
}
async function ask(task, argument = 0) {
  const [time, answer] = (await peers.ask(`${task} ${argument}`)).split(' ').map(Number)
  return { time, answer }
}

console.error('recover and cvxpy')
const exact = []
for (const [d, m] of quick
  ? [[20, 1000]]
  : [
      [20, 1000],
      [30, 1500],
      [40, 2000],
    ]) {
  const problem = draw(d, m)
  await load(problem)
  let [ours, theirs] = [{ time: Infinity }, { time: Infinity }]
  const once = () => cpuTime(() => recover({ measurements: problem.cube, y: problem.y }, { history: false }))
  once()
  for (let round = 0; round < ROUNDS; round++) {
    const run = once()
    if (run.time < ours.time) ours = run
    if (peers && round < 2) {
      const reply = await ask('cvxpy')
      if (reply.time < theirs.time) theirs = reply
    }
  }
  const { matrix, iterations } = ours.answer
  exact.push([
    d,
    m,
    duration(ours.time),
    relative(matrix, problem.truth).toExponential(1),
    iterations,
    ...(peers
      ? [duration(theirs.time), theirs.answer.toExponential(1), Math.round(theirs.time / ours.time)]
      : ['-', '-', '-']),
  ])
}
printTable(['d', 'm', 'recover', 'error', 'iterations', 'cvxpy', 'its error', 'times as fast'], exact)

/** The one-pass iteration in plain JavaScript, packed. */
function plainLoop({ d, m, A, y }, iterations) {
  const n = (d * (d + 1)) / 2
  const rows = new Float64Array(m * n)
  for (let k = 0, o = 0; k < m; k++)
    for (let i = 0; i < d; i++)
      for (let j = i; j < d; j++) {
        const a = A[k * d * d + i * d + j]
        rows[o++] = i === j ? a : a + A[k * d * d + j * d + i]
      }
  const rng = random(1)
  const U = Float64Array.from({ length: d * d }, () => rng.normal(0, 1e-3))
  const [X, S, D] = [new Float64Array(n), new Float64Array(n), new Float64Array(d * d)]
  return (
    cpuTime(() => {
      for (let t = 0; t < iterations; t++) {
        for (let i = 0, o = 0; i < d; i++)
          for (let j = i; j < d; j++) {
            let sum = 0
            for (let k = 0; k < d; k++) sum += U[i * d + k] * U[j * d + k]
            X[o++] = sum
          }
        S.fill(0)
        let loss = 0
        for (let k = 0; k < m; k++) {
          const at = k * n
          let r = -y[k]
          for (let i = 0; i < n; i++) r += rows[at + i] * X[i]
          loss += Math.abs(r)
          if (r > 0) for (let i = 0; i < n; i++) S[i] += rows[at + i]
          else for (let i = 0; i < n; i++) S[i] -= rows[at + i]
        }
        D.fill(0)
        for (let i = 0, o = 0; i < d; i++)
          for (let j = i; j < d; j++) {
            const s = ((i === j ? 2 : 1) * S[o++]) / m
            for (let k = 0; k < d; k++) {
              D[i * d + k] += s * U[j * d + k]
              if (i !== j) D[j * d + k] += s * U[i * d + k]
            }
          }
        for (let i = 0; i < D.length; i++) U[i] -= 0.01 * D[i]
        if (loss < 0) throw new Error()
      }
    }).time / iterations
  )
}

console.error('one iteration')
const steps = []
for (const [d, m, iterations] of quick
  ? [[20, 1000, 200]]
  : [
      [20, 1000, 1000],
      [50, 5000, 30],
    ]) {
  const problem = draw(d, m)
  await load(problem)
  const measurements = denseMeasurements(problem.cube)
  const initial = spectralInitialization(measurements, problem.y, { alpha: 1e-3 })
  const options = { initial, stepSize: constant(0.01), tolerance: 0, history: false }
  // The difference of runs leaves out what is done once; none stalls before its 100th iteration.
  const [short, long] = [15, 95]
  const runs = Math.ceil(iterations / (long - short))
  const run = (maxIterations) =>
    cpuTime(() => {
      for (let k = 0; k < runs; k++) subgm(measurements, problem.y, { ...options, maxIterations })
    }).time
  run(long)
  const best = { ours: Infinity, plain: Infinity, numpy: Infinity, torch: Infinity }
  for (let round = 0; round < ROUNDS; round++) {
    best.ours = Math.min(best.ours, (run(long) - run(short)) / (runs * (long - short)))
    best.plain = Math.min(best.plain, plainLoop(problem, iterations))
    if (peers)
      for (const name of ['numpy', 'torch'])
        best[name] = Math.min(best[name], (await ask(name, iterations)).time / iterations)
  }
  const times = (name) =>
    best[name] < Infinity ? `${duration(best[name])} (${(best[name] / best.ours).toFixed(1)})` : '-'
  steps.push([d, m, duration(best.ours), times('plain'), times('numpy'), times('torch')])
}
printTable(
  ['d', 'm', 'an iteration', 'plain loop (times)', 'numpy, two passes (times)', 'torch, autograd (times)'],
  steps,
)
peers?.stop()
rmSync(folder, { recursive: true })

console.error('growth')
const growth = []
for (const [kind, d, m] of [
  ['dense', 20, 1000],
  ['dense', 50, 5000],
  ...(quick ? [] : [['dense', 100, 20000]]),
  ["v'Xv", 50, 5000],
  ["v'Xv", 100, 20000],
  ['entries', 50, 2500],
  ['entries', 200, 20000],
].slice(0, quick ? 3 : 7)) {
  console.error(kind, d, m)
  const measurement = { dense: 'gaussian', "v'Xv": 'rank-one', entries: 'entries' }[kind]
  const problem = syntheticProblem({
    size: d,
    rank: 3,
    count: m,
    corruption: 0.1,
    outlierScale: kind === 'entries' ? 1 : 10,
    measurement,
    random: random(1),
  })
  const { time, answer } = cpuTime(() => recover(problem, { history: false }))
  const n = (d * (d + 1)) / 2
  const bytes = 8 * { dense: m * n, "v'Xv": m * d + 4 * n, entries: 3 * m }[kind] + 8 * (4 * n + 8 * m + 6 * d * d)
  growth.push([
    kind,
    d,
    m,
    duration(time / answer.iterations),
    answer.iterations,
    duration(time),
    `${(bytes / 1e6).toPrecision(3)} MB`,
    relative(answer.matrix, problem.truth).toExponential(1),
  ])
}
printTable(['measurements', 'd', 'm', 'an iteration', 'iterations', 'recover', 'memory', 'error'], growth)
console.log(
  `Node ${process.version}${peers ? `, ${peers.version}` : ''}; one thread each, CPU time, the best of ${ROUNDS} rounds in turns (cvxpy: of 2). cvxpy minimises the absolute residuals over semidefinite X.`,
)
if (!peers) console.log(NO_PEER)
