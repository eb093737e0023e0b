import { allocate, type ExperimentContext, exp, exponentialKernels, log1p, matrixKernels, matrixView } from '@opt/core'
import { breastCancer, type Classification, iris, isDataAbsent, standardize, takeRows } from '@opt/datasets'
import { kktResidual } from '../constrained.ts'
import { l1 } from '../convex/separable.ts'
import type { Objective } from '../theory/checks.ts'

const { abs, floor, max, min, sqrt } = Math

/** The mean logistic loss of a linear classifier without intercept. */
export interface Logistic extends Objective {
  /** The number of entries of w. */
  size: number
  rows: number
  /** A bound on the Lipschitz constant of the gradient. */
  smoothness: number
  /** Writes the gradient over some rows only. */
  gradientOf(w: Float64Array, rows: Int32Array, out: Float64Array): void
}

/** f(w) = mean of log(1 + exp(-y_i w.x_i)), with labels y of -1 and +1. */
export function logistic(features: Float64Array, labels: ArrayLike<number>): Logistic {
  const rows = labels.length
  const size = features.length / rows
  const { data, w, g, margins, t, kernels } = allocate([matrixKernels, exponentialKernels], (views) => ({
    data: views.f64(rows * size),
    w: views.f64(size),
    g: views.f64(size),
    margins: views.f64(rows),
    t: views.f64(rows),
  }))
  /** Row i is y_i x_i. */
  const A = matrixView(data, rows, size)
  for (let k = 0; k < data.length; k++) data[k] = labels[floor(k / size)] * features[k]
  const computeMargins = (x: Float64Array) => {
    w.set(x)
    kernels.gemv(A, w, margins)
  }
  return {
    size,
    rows,
    smoothness: data.reduce((sum, v) => sum + v * v, 0) / (4 * rows),
    value(x) {
      computeMargins(x)
      let sum = 0
      for (const margin of margins) sum += max(0, -margin) + log1p(exp(-abs(margin)))
      return sum / rows
    },
    gradient(x, out) {
      computeMargins(x)
      kernels.vexp(rows, margins, t)
      for (let i = 0; i < rows; i++) t[i] = -1 / (rows * (1 + t[i]))
      g.fill(0)
      kernels.gemvT(A, t, g)
      out.set(g)
    },
    gradientOf(x, chosen, out) {
      out.fill(0)
      for (const i of chosen) {
        let margin = 0
        for (let j = 0; j < size; j++) margin += data[i * size + j] * x[j]
        const pull = 1 / (chosen.length * (1 + exp(margin)))
        for (let j = 0; j < size; j++) out[j] -= pull * data[i * size + j]
      }
    },
  }
}

/** Loads breast cancer; where it is absent, two species of iris, which are always there. */
export async function loadProblem({
  dataFolder,
  note,
}: ExperimentContext): Promise<{ problem: Logistic; real: boolean }> {
  let data: Classification
  let real = true
  try {
    data = await breastCancer({ folder: dataFolder })
    note(`A: breast cancer, 569 x 30, standardised (${data.source}).`)
  } catch (error) {
    if (!isDataAbsent(error)) throw error
    const all = await iris()
    data = takeRows(
      all,
      [...all.labels.keys()].filter((i) => all.labels[i] > 0),
    )
    data.labels.forEach((label, i) => (data.labels[i] = label - 1))
    real = false
    note(
      'A: breast cancer is not here (npm install @opt/datasets-tables): two species of iris, 100 x 4, stand in for it, and the optima by cvxpy are left out.',
    )
  }
  const { features } = standardize(data.features)
  const labels = Array.from(data.labels, (label) => 2 * label - 1)
  return { problem: logistic(features.data as Float64Array, labels), real }
}

/**
 * Finds the optimum over the box |w_j| <= bound by accelerated projected gradient steps,
 * independently of Lion.
 *
 * @returns w, f(w), and a certificate: f(w) is at most `residual` above the minimum.
 */
export function boxOptimum(problem: Logistic, bound: number): { w: Float64Array; f: number; residual: number } {
  const { size, smoothness } = problem
  const w = new Float64Array(size)
  const ahead = new Float64Array(size)
  const gradient = new Float64Array(size)
  const box = { kernel: l1(), weightDecay: 1 / bound }
  let momentum = 1
  let residual = Infinity
  for (let t = 0; t < 200000 && residual > 1e-11; t++) {
    problem.gradient(ahead, gradient)
    const next = (1 + sqrt(1 + 4 * momentum * momentum)) / 2
    let uphill = 0
    for (let j = 0; j < size; j++) {
      const step = max(-bound, min(bound, ahead[j] - gradient[j] / smoothness))
      uphill += gradient[j] * (step - w[j])
      ahead[j] = step + ((momentum - 1) / next) * (step - w[j])
      w[j] = step
    }
    momentum = uphill > 0 ? 1 : next
    if (uphill > 0) ahead.set(w)
    if (t % 50 === 0) {
      problem.gradient(w, gradient)
      residual = kktResidual({ x: w, gradient }, box)
    }
  }
  return { w, f: problem.value(w), residual }
}
