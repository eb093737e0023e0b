import type { Constraints, LabelledExamples } from '@opt/bilevel'
import {
  exp,
  type MatrixLike,
  matrix,
  number,
  options as optionsOf,
  sigmoid,
  softplus,
  type VectorLike,
  vector,
} from '@opt/core'
import { Rows } from '../linear/rows.ts'
import type { ConstrainedProblem } from '../problem.ts'
import { signedRows } from './examples.ts'
import { ImplicitSvm } from './implicit.ts'
import { SquaredHinge } from './squared-hinge.ts'

/** Options of {@link weightedSvm}. */
export interface WeightedSvmOptions {
  /** Least logarithm of a weight. Default -6. */
  lower?: number | undefined
  /** Largest logarithm of a weight; e^upper multiplies the lower level's smoothness. Default 1. */
  upper?: number | undefined
}

/** The lower solution of a {@link WeightedSvm} for given weights. */
export interface SvmSolution {
  /** (w, b, slacks) */
  y: Float64Array
  /** Multipliers of the constraints, of the scaled ones. */
  multipliers: Float64Array
}

/** Sample weights of a support vector machine as a bilevel problem, with its exact lower solution and hypergradient. */
export interface WeightedSvm extends ConstrainedProblem {
  readonly constraints: Constraints
  projectJoint(x: Float64Array, y: Float64Array): void
  /** Lengths of x, one for each training example, and of y = (w, b, slacks). */
  readonly dimensions: { readonly x: number; readonly y: number }
  /** s, the factor of the constraints. */
  readonly scale: number
  /** Returns the weights e^x of the training examples. */
  weights(x: VectorLike): Float64Array
  /** Returns the lower solution, by Newton's method. */
  solveLower(x: VectorLike): SvmSolution
  /** Returns Phi(x) = F at the lower solution, and its gradient by implicit differentiation. */
  hyperobjective(x: VectorLike): { value: number; gradient: Float64Array; y: Float64Array }
  /** Returns w'z + b for each row z of the inputs: positive for label 1. */
  decisions(y: VectorLike, inputs: MatrixLike): Float64Array
}

/**
 * Makes the bilevel problem that weighs the training examples of a support vector machine with squared slacks such that
 * its logistic loss on clean validation examples is least. x holds the logarithms c_i of the weights, y = (w, b, xi):
 *
 * f = |w|^2 / 2 + sum_i e^{c_i} xi_i^2 / 2,  g_i = s (1 - xi_i - label_i (w'z_i + b)) <= 0,
 * F = mean over validation examples of log(1 + exp(-label (w'z + b))),  lower <= c_i <= upper.
 *
 * s = 1 / sqrt(1 + |A|_2^2) makes the Jacobian of g in y a matrix of norm 1; A has the rows label_i (z_i, 1).
 *
 * @param training examples with labels 1 and -1, or 1 and 0.
 * @param validation clean examples, of the same features.
 * @throws TypeError or RangeError when an argument is wrong.
 */
export function weightedSvm(
  training: LabelledExamples,
  validation: LabelledExamples,
  options?: WeightedSvmOptions,
): WeightedSvm {
  const name = 'weightedSvm: '
  const { lower: least = -6, upper: most = 1 } = optionsOf(options, `${name}options`, ['lower', 'upper'])
  number(least, `${name}lower`, { min: -300, max: 300 })
  number(most, `${name}upper`, { min: least, max: 300 })
  const train = signedRows(training, `${name}training`)
  const clean = signedRows(validation, `${name}validation`, train.d - 1)
  const { n, d } = train
  const A = new Rows(train.rows, n, d)
  const Av = new Rows(clean.rows, clean.n, d)
  const hinge = new SquaredHinge(A)
  const scale = 1 / Math.sqrt(1 + A.squaredNorm())
  const exact = new ImplicitSvm(hinge, Av)

  const weightsOf = cachedExponentials(n)
  const u = new Float64Array(d)
  const marginsOf = (rows: Rows, y: Float64Array) => {
    for (let j = 0; j < d; j++) u[j] = y[j]
    return rows.times(u)
  }
  const misses = new Float64Array(clean.n)
  const projection = {
    metric: new Float64Array(d).fill(1),
    center: new Float64Array(d),
    weights: new Float64Array(n).fill(1),
    offsets: new Float64Array(n),
  }
  const loss = (y: Float64Array) => {
    const margins = marginsOf(Av, y)
    let sum = 0
    for (let i = 0; i < clean.n; i++) sum += softplus(-margins[i])
    return sum / clean.n
  }
  const joined = ({ u, slacks }: { u: Float64Array; slacks: Float64Array }) => {
    const y = new Float64Array(d + n)
    y.set(u)
    y.set(slacks, d)
    return y
  }
  const upperVariables = (x: VectorLike, label: string) => vector(x, `${name}${label}`, { length: n })

  return {
    dimensions: { x: n, y: d + n },
    scale,
    upper: {
      value: (_x, y) => loss(y),
      gradient(_x, y, gx, gy) {
        const margins = marginsOf(Av, y)
        for (let i = 0; i < clean.n; i++) misses[i] = -sigmoid(-margins[i]) / clean.n
        const pull = Av.transposed(misses)
        gx.fill(0)
        gy.fill(0)
        for (let j = 0; j < d; j++) gy[j] = pull[j]
      },
    },
    lower: {
      value(x, y) {
        const weights = weightsOf(x)
        let sum = 0
        for (let j = 0; j < d - 1; j++) sum += y[j] * y[j]
        for (let i = 0; i < n; i++) sum += weights[i] * y[d + i] * y[d + i]
        return sum / 2
      },
      gradient(x, y, gx, gy) {
        const weights = weightsOf(x)
        for (let j = 0; j < d - 1; j++) gy[j] = y[j]
        gy[d - 1] = 0
        for (let i = 0; i < n; i++) {
          gy[d + i] = weights[i] * y[d + i]
          gx[i] = (gy[d + i] * y[d + i]) / 2
        }
      },
    },
    constraints: {
      count: n,
      value(_x, y, out) {
        const margins = marginsOf(A, y)
        for (let i = 0; i < n; i++) out[i] = scale * (1 - y[d + i] - margins[i])
      },
      transposed(_x, _y, multipliers, gx, gy) {
        const pull = A.transposed(multipliers)
        gx.fill(0)
        for (let j = 0; j < d; j++) gy[j] = -scale * pull[j]
        for (let i = 0; i < n; i++) gy[d + i] = -scale * multipliers[i]
      },
    },
    // In u = (w, b) alone, the nearest point is the least of |u - u0|^2 / 2 + sum_i max(0, 1 - xi0_i - a_i'u)^2 / 2.
    projectJoint(x, y) {
      const { center, offsets } = projection
      for (let i = 0; i < n; i++) {
        x[i] = Math.min(most, Math.max(least, x[i]))
        offsets[i] = 1 - y[d + i]
      }
      for (let j = 0; j < d; j++) center[j] = u[j] = y[j]
      if (!hinge.minimize(projection, u) && allFinite(y))
        throw new RangeError("weightedSvm: projectJoint: Newton's method finds no nearest point")
      for (let j = 0; j < d; j++) y[j] = u[j]
      const margins = A.times(u)
      for (let i = 0; i < n; i++) y[d + i] = Math.max(y[d + i], 1 - margins[i])
    },
    weights: (x) => upperVariables(x, 'weights: x').map((value, i) => number(exp(value), `${name}weights: e^x[${i}]`)),
    solveLower(x) {
      const c = upperVariables(x, 'solveLower: x')
      const solution = exact.solve(c)
      return { y: joined(solution), multipliers: solution.slacks.map((slack, i) => (exp(c[i]) * slack) / scale) }
    },
    hyperobjective(x) {
      const c = upperVariables(x, 'hyperobjective: x')
      const solution = exact.solve(c)
      return { value: loss(solution.u), gradient: exact.gradient(c, solution), y: joined(solution) }
    },
    decisions(given, inputs) {
      const y = vector(given, `${name}decisions: y`, { length: d + n })
      const { data, shape } = matrix(inputs, `${name}decisions: inputs`, { columns: d - 1 })
      return Float64Array.from({ length: shape[0] }, (_, i) => {
        let sum = y[d - 1]
        for (let j = 0; j < d - 1; j++) sum += y[j] * data[i * (d - 1) + j]
        return number(sum, `${name}decisions: the value for row ${i}`)
      })
    },
  }
}

/** Returns x -> e^x that computes anew only entries that have changed. */
function cachedExponentials(n: number): (x: Float64Array) => Float64Array {
  // NaN equals nothing.
  const known = new Float64Array(n).fill(NaN)
  const values = new Float64Array(n)
  return (x) => {
    for (let i = 0; i < n; i++) {
      if (x[i] === known[i]) continue
      known[i] = x[i]
      values[i] = exp(x[i])
    }
    return values
  }
}

function allFinite(x: Float64Array): boolean {
  for (let i = 0; i < x.length; i++) if (!(Math.abs(x[i]) < Infinity)) return false
  return true
}
