// The dense eigenproblem against ml-matrix and scipy, extreme eigenvalues against scipy's eigsh (ARPACK), in turns.
// node bench/index.mjs [--quick]     Python with scipy: OPT_PYTHON, or .venv-peers in the repository's root.
import { random } from '@opt/core'
import { extremeEigen, symmetric, symmetricEigen } from '@opt/curvature'
import { EigenvalueDecomposition, Matrix } from 'ml-matrix'
import { duration, printTable } from '../../../scripts/lib/bench.mjs'
import { NO_PEER, startPeer } from '../../../scripts/lib/python-peer.mjs'

const quick = process.argv.includes('--quick')
const ROUNDS = quick ? 1 : 5

/** Seconds of a call, the mean of some, and its answer. */
function seconds(work, calls = 1) {
  const start = performance.now()
  let answer
  for (let i = 0; i < calls; i++) answer = work()
  return [(performance.now() - start) / 1000 / calls, answer]
}

function wigner(n) {
  const rng = random(1)
  const A = Array.from({ length: n }, () => new Float64Array(n))
  for (let i = 0; i < n; i++) for (let j = 0; j <= i; j++) A[i][j] = A[j][i] = rng.normal()
  return A
}

/** The five-point Laplacian on a grid of side x (side + 1), without a matrix. */
function laplacian(side) {
  const width = side + 1
  return symmetric(side * width, (v, out) => {
    for (let row = 0, i = 0; row < side; row++)
      for (let column = 0; column < width; column++, i++) {
        let sum = 4 * v[i]
        if (row > 0) sum -= v[i - width]
        if (row < side - 1) sum -= v[i + width]
        if (column > 0) sum -= v[i - 1]
        if (column < side) sum -= v[i + 1]
        out[i] = sum
      }
  })
}

const scipy = await startPeer(new URL('scipy_peer.py', import.meta.url))
const ask = async (request) =>
  scipy ? JSON.parse(await scipy.ask(JSON.stringify({ runs: 1, ...request }))) : undefined

const dense = []
for (const n of quick ? [50, 200] : [10, 20, 50, 100, 200, 400, 800]) {
  console.error(`dense, n = ${n}`)
  const A = wigner(n)
  const M = new Matrix(A)
  const calls = Math.max(1, Math.floor(2e6 / n ** 3))
  const best = { ours: Infinity, values: Infinity, mlMatrix: Infinity, scipy: Infinity }
  for (let round = 0; round < (n < 300 ? 4 : 1) * ROUNDS; round++) {
    best.ours = Math.min(best.ours, seconds(() => symmetricEigen(A), calls)[0])
    best.values = Math.min(best.values, seconds(() => symmetricEigen(A, { vectors: false }), calls)[0])
    best.scipy = Math.min(best.scipy, (await ask({ kind: 'dense', n, runs: Math.min(calls, 20) }))?.seconds ?? Infinity)
    if (n <= 400 || round === 0)
      best.mlMatrix = Math.min(
        best.mlMatrix,
        seconds(() => new EigenvalueDecomposition(M, { assumeSymmetric: true }), calls)[0],
      )
  }
  const times = best.mlMatrix / best.ours
  dense.push([
    n,
    duration(best.ours),
    duration(best.values),
    duration(best.mlMatrix),
    times.toPrecision(2),
    scipy ? duration(best.scipy) : '-',
  ])
}

const extreme = []
for (const side of quick ? [30] : [30, 100, 200])
  for (const [which, theirs] of [
    ['largest', 'LA'],
    ['both', 'BE'],
  ]) {
    console.error(`extreme, ${which}, side ${side}`)
    const A = laplacian(side)
    let [ours, best, answer, products] = [Infinity, Infinity, undefined, '-']
    for (let round = 0; round < ROUNDS; round++) {
      const [took, found] = seconds(() => extremeEigen(A, { count: 6, which }))
      ours = Math.min(ours, took)
      answer = found
      const reply = await ask({ kind: 'extreme', side, which: theirs, count: 6 })
      if (!reply) continue
      best = Math.min(best, reply.seconds)
      products = reply.products
    }
    extreme.push([
      `${A.rows}, ${which}`,
      duration(ours),
      answer.products,
      answer.status,
      scipy ? duration(best) : '-',
      products,
    ])
  }
scipy?.stop()

console.log('All eigenvalues and vectors of a dense symmetric matrix:\n')
printTable(
  ['n', '@opt/curvature', 'values only', 'ml-matrix', 'times as fast', `scipy ${scipy?.version ?? ''} eigh`],
  dense,
)
console.log('\nSix extreme eigenvalues of the Laplacian on a grid, without a matrix, to a tolerance of 1e-8:\n')
printTable(['n, end', 'extremeEigen', 'products', 'status', 'scipy eigsh', 'products'], extreme)
console.log(`\nNode ${process.version}, one thread each, the best of ${ROUNDS} or more rounds in turns.`)
if (!scipy) console.log(NO_PEER)
