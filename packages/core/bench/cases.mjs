// The work that is compared: each case gives its contenders and the least ratio of their time to ours.
import { allocate, allocateUpdates, gemmScratch, log, plainKernels, random, solveScratch, workspace } from '@opt/core'
import { CholeskyDecomposition, Matrix } from 'ml-matrix'
import * as plain from './plain.mjs'

/** Views of one workspace filled with uniform numbers, and copies outside it. */
function filled(sizes, Kind = Float64Array, from = allocate) {
  const take = (ws, n) => (Kind === Float64Array ? ws.f64(n) : ws.f32(n))
  const { kernels, views } = from((ws) => ({ views: sizes.map((n) => take(ws, n)) }))
  const rng = random(1)
  for (const view of views) for (let i = 0; i < view.length; i++) view[i] = rng.uniform()
  return { kernels, views, twins: views.map((view) => view.slice()) }
}

/** Matrix products and Cholesky. */
export async function products(measure, n) {
  const sizes = [n * n, n * n, n * n, gemmScratch(n, n, n)]
  const double = filled(sizes)
  const [A, B, C, work] = double.views
  const [A1, B1, C1] = double.twins
  const [left, right] = [Matrix.from1DArray(n, n, A1), Matrix.from1DArray(n, n, B1)]
  const gemm = {
    ours() {
      C.fill(0)
      double.kernels.gemm(n, n, n, 1, A, n, 1, B, n, 1, C, n, work)
    },
    'plain loop': () => plain.gemm(n, A1, B1, C1),
    'ml-matrix': () => left.mmul(right),
  }
  await measure('gemm', n, gemm, { 'plain loop': 8, 'ml-matrix': 6, numpy: 0.3 })

  const single = filled(sizes, Float32Array)
  const [A32, B32, C32, work32] = single.views
  const loop32 = plain.fresh(plain.gemm)
  const gemm32 = {
    ours() {
      C32.fill(0)
      single.kernels.gemm32(n, n, n, 1, A32, n, 1, B32, n, 1, C32, n, work32)
    },
    'plain loop': () => loop32(n, ...single.twins),
  }
  await measure('gemm32', n, gemm32, { 'plain loop': 8, numpy: 0.3 })

  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) B[i * n + j] = i === j ? n : 1 / (1 + Math.abs(i - j))
  const matrix = Matrix.from1DArray(n, n, B)
  const space = filled([solveScratch(n, n), n * n])
  const potrf = {
    ours() {
      space.views[1].set(B)
      if (space.kernels.potrf(n, space.views[1], n, space.views[0]) !== 0) throw new Error('not positive definite')
    },
    'ml-matrix': () => new CholeskyDecomposition(matrix),
  }
  await measure('potrf', n, potrf, { 'ml-matrix': 4, numpy: 0.5 })
}

/** Matrix times vector, and the scaling iteration on a kernel matrix. */
export async function matrixVector(measure, n) {
  const { kernels, views, twins } = filled([n * n, n, n, n, n])
  const [A, x, y, a, z] = views
  const [A1, x1, y1, a1, z1] = twins
  const targets = { 'plain loop': n <= 1024 ? 3 : 1.5, numpy: 0.4 }
  const gemv = { ours: () => kernels.gemv(n, n, A, n, x, y), 'plain loop': () => plain.gemv(n, n, A1, x1, y1) }
  await measure('gemv', n, gemv, targets)
  const gemvT = {
    ours() {
      y.fill(0)
      kernels.gemvT(n, n, A, n, x, y)
    },
    'plain loop': () => plain.gemvT(n, n, A1, x1, y1),
  }
  await measure('gemvT', n, gemvT, targets)
  const scale2 = {
    ours: () => kernels.scale2(n, n, A, n, a, x, y, z),
    'plain loop': () => plain.scaling(n, A1, a1, x1, y1, z1),
  }
  await measure('scale2', n, scale2, { 'plain loop': 3, numpy: 0.6 })
}

/** Exponentials, logarithms and what is made of them. */
export async function exponentials(measure, n) {
  const epsilon = 0.05
  const { kernels, views, twins } = filled([n * n, n * n, n, n, n, n, n])
  const [C, Y, a, f, g, z, t] = views
  const [C1, Y1, a1, f1, g1, , t1] = twins
  const vlog = { ours: () => kernels.vlog(n * n, C, Y), 'plain loop': () => plain.log(n * n, C1, Y1) }
  await measure('vlog', n * n, vlog, { 'plain loop': 1.3 })
  const rowLse = {
    ours: () => kernels.rowLse(n, n, C, n, g, epsilon, f, t),
    'plain loop': () => plain.rowLse(n, C1, g1, epsilon, f1),
  }
  await measure('rowLse', n, rowLse, { 'plain loop': 3 })
  const softmaxRows = {
    ours: () => kernels.softmaxRows(n, n, C, n, Y, n),
    'plain loop': () => plain.softmax(n, C1, Y1),
  }
  await measure('softmaxRows', n, softmaxRows, { 'plain loop': 2.5 })

  for (const zeros of [f, g, f1, g1]) zeros.fill(0)
  for (const marginal of [a, a1]) marginal.fill(1 / n)
  const sinkhornRow = {
    ours() {
      kernels.sinkhornRow(n, n, C, n, a, f, g, epsilon, z, t)
      for (let j = 0; j < n; j++) g[j] += epsilon * log(a[j] / z[j])
    },
    'plain loop': () => plain.sinkhorn(n, C1, a1, a1, f1, g1, epsilon, t1),
  }
  await measure('sinkhornRow', n, sinkhornRow, { 'plain loop': 5, numpy: 1.5 })

  for (const exponents of [C, C1]) for (let i = 0; i < n * n; i++) exponents[i] = 20 * exponents[i] - 15
  const vexp = { ours: () => kernels.vexp(n * n, C, Y), 'plain loop': () => plain.exp(n * n, C1, Y1) }
  await measure('vexp', n * n, vexp, { 'plain loop': 3 })
}

/** Lion and AdamW on resident arrays. */
export async function optimizers(measure, n) {
  for (const [Kind, suffix, target] of [
    [Float32Array, '32', 4],
    [Float64Array, '', 1.5],
  ]) {
    const { kernels, views, twins } = filled([n, n, n, n], Kind, allocateUpdates)
    const [p, m, v, g] = views
    const [p1, m1, v1, g1] = twins
    const [lion, adamw] = [plain.fresh(plain.lion), plain.fresh(plain.adamw)]
    const forLion = [0.001, 0.1, 0.9, 0.99]
    const forAdamw = [0.001, 1.5, 0.99, 0.9, 0.999, 1e-8]
    const lions = {
      ours: () => kernels[`lion${suffix}`](n, p, m, g, ...forLion),
      'plain loop': () => lion(n, p1, m1, g1, ...forLion),
    }
    await measure(`lion${suffix}`, n, lions, { 'plain loop': target })
    const adamws = {
      ours: () => kernels[`adamw${suffix}`](n, p, m, v, g, ...forAdamw),
      'plain loop': () => adamw(n, p1, m1, v1, g1, ...forAdamw),
    }
    await measure(`adamw${suffix}`, n, adamws, { 'plain loop': target })
  }
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
  const ws = workspace(8e6)
  const own = [ws.i32(m + 1), ws.i32(m * each), ws.f64(m * each), ws.f64(m), ws.f64(m)]
  for (const [i, array] of [starts, columns, values, x].entries()) own[i].set(array)
  const spmv = {
    ours: () => ws.kernels.spmv(m, ...own),
    'plain loop': () => plain.spmv(m, starts, columns, values, x, y),
  }
  await measure('spmv', m * each, spmv, { 'plain loop': 1.3 })
}

/** A solve of twenty log-domain iterations from scratch: a workspace and its views against fresh arrays. */
export async function smallSolve(measure, n) {
  const rng = random(1)
  const costs = Float64Array.from({ length: n * n }, () => rng.uniform())
  const solve = (f64, kernels) => {
    const [C, a, f, g, z, t] = [n * n, n, n, n, n, n].map(f64)
    C.set(costs)
    a.fill(1 / n)
    for (let i = 0; i < 20; i++) {
      kernels.sinkhornRow(n, n, C, n, a, f, g, 0.1, z, t)
      for (let j = 0; j < n; j++) g[j] += 0.1 * log(a[j] / z[j])
    }
  }
  const contenders = {
    ours() {
      const ws = workspace(8 * n * n + 40 * n + 96)
      solve((size) => ws.f64(size), ws.kernels)
    },
    'plain loop'() {
      const C = costs.slice()
      const a = new Float64Array(n).fill(1 / n)
      const [f, g, t] = [new Float64Array(n), new Float64Array(n), new Float64Array(n)]
      for (let i = 0; i < 20; i++) plain.sinkhorn(n, C, a, a, f, g, 0.1, t)
    },
    'plain kernels': () => solve((size) => new Float64Array(size), plainKernels),
  }
  await measure('small solve', n, contenders, { 'plain loop': 1, 'plain kernels': 1 })
}
