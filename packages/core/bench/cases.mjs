// The work that is compared: each case gives its contenders and the least ratio of their time to ours.
import {
  allocate,
  assignment,
  exponentialKernels,
  gemmScratch,
  lbfgs,
  matrixKernels,
  matrixView,
  random,
  solveScratch,
} from '@opt/core'
import { CholeskyDecomposition, Matrix } from 'ml-matrix'
import ndarray from 'ndarray'
import * as plain from './plain.mjs'

/** Views of one workspace filled with uniform numbers, and copies outside it. */
function filled(sets, sizes, Kind = Float64Array) {
  const { kernels, views } = allocate(sets, (space) => ({
    views: sizes.map((n) => (Kind === Float64Array ? space.f64(n) : space.f32(n))),
  }))
  const rng = random(1)
  for (const view of views) for (let i = 0; i < view.length; i++) view[i] = rng.uniform()
  return { kernels, views, twins: views.map((view) => view.slice()) }
}

/** Matrix products and Cholesky. */
export async function products(measure, n) {
  const sizes = [n * n, n * n, n * n, gemmScratch(n, n, n)]
  const sets = [matrixKernels]
  const double = filled(sets, sizes)
  const [A, B, C, work] = double.views
  const [A1, B1, C1] = double.twins
  const square = (data) => matrixView(data, n, n)
  const [viewA, viewB, viewC] = [A, B, C].map(square)
  const [left, right] = [Matrix.from1DArray(n, n, A1), Matrix.from1DArray(n, n, B1)]
  const gemm = {
    ours() {
      C.fill(0)
      double.kernels.gemm(1, viewA, viewB, viewC, work)
    },
    'plain loop': () => plain.gemm(n, A1, B1, C1),
    'ml-matrix': () => left.mmul(right),
  }
  await measure('gemm', n, gemm, { 'plain loop': 8, 'ml-matrix': 6, numpy: 0.3 })

  const single = filled(sets, sizes, Float32Array)
  const [A32, B32, C32, work32] = single.views
  const [viewA32, viewB32, viewC32] = [A32, B32, C32].map(square)
  const loop32 = plain.fresh(plain.gemm)
  const gemm32 = {
    ours() {
      C32.fill(0)
      single.kernels.gemm(1, viewA32, viewB32, viewC32, work32)
    },
    'plain loop': () => loop32(n, ...single.twins),
  }
  await measure('gemm32', n, gemm32, { 'plain loop': 8, numpy: 0.3 })

  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) B[i * n + j] = i === j ? n : 1 / (1 + Math.abs(i - j))
  const matrix = Matrix.from1DArray(n, n, B)
  const space = filled(sets, [solveScratch(n, n), n * n])
  const factor = square(space.views[1])
  const potrf = {
    ours() {
      space.views[1].set(B)
      if (space.kernels.potrf(factor, space.views[0]) !== 0) throw new Error('not positive definite')
    },
    'ml-matrix': () => new CholeskyDecomposition(matrix),
  }
  await measure('potrf', n, potrf, { 'ml-matrix': 4, numpy: 0.5 })
}

/** Matrix times vector. */
export async function matrixVector(measure, n) {
  const { kernels, views, twins } = filled([matrixKernels], [n * n, n, n])
  const [data, x, y] = views
  const A = matrixView(data, n, n)
  const targets = { 'plain loop': n <= 1024 ? 3 : 1.5, numpy: 0.4 }
  const gemv = { ours: () => kernels.gemv(A, x, y), 'plain loop': () => plain.gemv(n, n, ...twins) }
  await measure('gemv', n, gemv, targets)
  const gemvT = {
    ours() {
      y.fill(0)
      kernels.gemvT(A, x, y)
    },
    'plain loop': () => plain.gemvT(n, n, ...twins),
  }
  await measure('gemvT', n, gemvT, targets)
}

/** Exponentials and what is made of them. */
export async function exponentials(measure, n) {
  const epsilon = 0.05
  const { kernels, views, twins } = filled([exponentialKernels], [n * n, n * n, n, n, n])
  const [x, y, f, g, scratch] = views
  const [x1, y1, f1, g1] = twins
  const [C, Y] = [x, y].map((data) => matrixView(data, n, n))
  const rowLse = {
    ours: () => kernels.rowLse(C, g, epsilon, f, scratch),
    'plain loop': () => plain.rowLse(n, x1, g1, epsilon, f1),
  }
  await measure('rowLse', n, rowLse, { 'plain loop': 3 })
  const softmaxRows = {
    ours: () => kernels.softmaxRows(C, Y),
    'plain loop': () => plain.softmax(n, x1, y1),
  }
  await measure('softmaxRows', n, softmaxRows, { 'plain loop': 2.5 })
  for (const exponents of [x, x1]) for (let i = 0; i < n * n; i++) exponents[i] = 20 * exponents[i] - 15
  const vexp = { ours: () => kernels.vexp(n * n, x, y), 'plain loop': () => plain.exp(n * n, x1, y1) }
  await measure('vexp', n * n, vexp, { 'plain loop': 3 })
}

/** A CSR matrix of 20 entries a row times a vector. */
export async function sparse(measure) {
  const [m, each] = [20000, 20]
  const rng = random(1)
  const starts = Int32Array.from({ length: m + 1 }, (_, i) => i * each)
  const columns = Int32Array.from({ length: m * each }, () => rng.integer(0, m))
  const values = Float64Array.from({ length: m * each }, () => rng.uniform())
  const x = Float64Array.from({ length: m }, () => rng.uniform())
  const y = new Float64Array(m)
  const { kernels, own } = allocate([matrixKernels], (views) => ({
    own: [views.i32(m + 1), views.i32(m * each), views.f64(m * each), views.f64(m), views.f64(m)],
  }))
  for (const [i, array] of [starts, columns, values, x].entries()) own[i].set(array)
  const spmv = {
    ours: () => kernels.spmv(m, ...own),
    'plain loop': () => plain.spmv(m, starts, columns, values, x, y),
  }
  await measure('spmv', m * each, spmv, { 'plain loop': 1.3 })
}

/** The exact assignment problem on matrices of uniform numbers, and of whole numbers below 50, which tie. */
export async function assignments(measure, n) {
  const rng = random(1)
  const costOf = (draw) => ndarray(Float64Array.from({ length: n * n }, draw), [n, n])
  const uniform = costOf(() => rng.uniform())
  const whole = costOf(() => rng.integer(0, 50))
  await measure('assignment', n, { ours: () => assignment(uniform, { history: false }) }, { scipy: 0.83 })
  await measure('assignment-ties', n, { ours: () => assignment(whole, { history: false }) }, { scipy: 0.83 })
}

/** L-BFGS on the extended Rosenbrock function, from the usual start to a gradient of 1e-6. */
export async function minimization(measure, n) {
  const start = Float64Array.from({ length: n }, (_, i) => (i % 2 === 0 ? -1.2 : 1))
  const ours = () => lbfgs(plain.rosenbrock, start, { tolerance: 1e-6, history: false })
  await measure('lbfgs', n, { ours }, { scipy: 1 })
}
