import {
  allocate,
  type CSR,
  calling,
  exp,
  gemmScratch,
  log1p,
  type MatrixLike,
  matrix,
  matrixKernels,
  number,
  options as optionsOf,
  refuse,
  show,
  type VectorLike,
  vectorCopy,
} from '@opt/core'
import ndarray from 'ndarray'
import type { ConstrainedProblem } from '../problem.ts'

/** Constraints of {@link logisticRegression}. */
export interface LogisticConstraints {
  /** Linear equations A x = b, rows x n. Default none. */
  A?: MatrixLike | undefined
  /** Their right-hand sides. */
  b?: VectorLike | undefined
  /** |x|^2 = radius^2. Default none. */
  radius?: number | undefined
}

/** Rows whose weighted products are added to the Hessian at once. */
const BLOCK = 256

/** Products with the table of features. */
interface Features {
  rows: number
  columns: number
  /** Writes X x. */
  times(x: Float64Array, out: Float64Array): void
  /** out += X'v */
  transposed(v: Float64Array, out: Float64Array): void
  /** H += X' diag(weights) X, n x n row-major; weights are not negative. */
  weighted(weights: Float64Array, H: Float64Array): void
}

/**
 * Makes logistic regression with equations: min mean log(1 + exp(-y_i X_i'x)) subject to A x = b and |x|^2 = radius^2.
 *
 * @param features X, examples x n: a matrix, or a sparse one in compressed rows.
 * @param labels y, +1 or -1 each.
 * @throws TypeError or RangeError when an argument is wrong.
 */
export function logisticRegression(
  features: MatrixLike | CSR,
  labels: VectorLike,
  constraints?: LogisticConstraints,
): ConstrainedProblem {
  return calling('logisticRegression', () => {
    const X = isSparse(features) ? sparse(features) : dense(features)
    const y = vectorCopy(labels, 'labels', { length: X.rows })
    y.forEach((label, i) => {
      if (label !== 1 && label !== -1) refuse(`labels[${i}]`, '1 or -1', String(label))
    })
    const n = X.columns
    const given = optionsOf(constraints, 'constraints', ['A', 'b', 'radius'])
    const A = given.A === undefined ? undefined : matrix(given.A, 'constraints.A', { columns: n })
    const rows = A?.shape[0] ?? 0
    const b = A === undefined ? new Float64Array(0) : vectorCopy(given.b!, 'constraints.b', { length: rows })
    const radius =
      given.radius === undefined ? undefined : number(given.radius, 'constraints.radius', { positive: true })
    const m = rows + (radius === undefined ? 0 : 1)
    const margins = new Float64Array(X.rows)
    const weights = new Float64Array(X.rows)

    const objective: ConstrainedProblem = {
      f(x) {
        X.times(x, margins)
        let sum = 0
        for (let i = 0; i < y.length; i++) {
          const t = -y[i] * margins[i]
          sum += Math.max(t, 0) + log1p(exp(-Math.abs(t)))
        }
        return sum / y.length
      },
      gradient(x) {
        X.times(x, margins)
        for (let i = 0; i < y.length; i++) weights[i] = (-y[i] * sigmoid(-y[i] * margins[i])) / y.length
        const g = new Float64Array(n)
        X.transposed(weights, g)
        return g
      },
      hessianLagrangian(x, multipliers) {
        X.times(x, margins)
        for (let i = 0; i < y.length; i++) weights[i] = (sigmoid(margins[i]) * sigmoid(-margins[i])) / y.length
        const H = new Float64Array(n * n)
        X.weighted(weights, H)
        if (radius !== undefined) for (let j = 0; j < n; j++) H[j * n + j] += 2 * multipliers[rows]
        return ndarray(H, [n, n])
      },
    }
    if (m === 0) return objective
    return {
      ...objective,
      constraints(x) {
        const c = new Float64Array(m)
        for (let i = 0; i < rows; i++) {
          for (let j = 0; j < n; j++) c[i] += A!.data[i * n + j] * x[j]
          c[i] -= b[i]
        }
        if (radius !== undefined) c[rows] = x.reduce((sum, value) => sum + value * value, 0) - radius * radius
        return c
      },
      jacobian(x) {
        const G = new Float64Array(m * n)
        if (A) G.set(A.data)
        if (radius !== undefined) for (let j = 0; j < n; j++) G[rows * n + j] = 2 * x[j]
        return ndarray(G, [m, n])
      },
    }
  })
}

function sigmoid(t: number): number {
  const e = exp(-Math.abs(t))
  return t >= 0 ? 1 / (1 + e) : e / (1 + e)
}

function dense(given: MatrixLike): Features {
  const { data, shape } = matrix(given, 'features')
  const [rows, n] = shape
  const {
    block,
    H: sum,
    work,
    kernels,
  } = allocate([matrixKernels], (views) => ({
    block: views.matrix(BLOCK, n),
    H: views.matrix(n, n),
    work: views.f64(gemmScratch(n, n, BLOCK)),
  }))
  return {
    rows,
    columns: n,
    times(x, out) {
      for (let i = 0, k = 0; i < rows; i++) {
        let total = 0
        for (let j = 0; j < n; j++, k++) total += data[k] * x[j]
        out[i] = total
      }
    },
    transposed(v, out) {
      for (let i = 0, k = 0; i < rows; i++) for (let j = 0; j < n; j++, k++) out[j] += v[i] * data[k]
    },
    weighted(weights, H) {
      sum.data.fill(0)
      for (let from = 0; from < rows; from += BLOCK) {
        block.data.fill(0)
        for (let i = from; i < Math.min(rows, from + BLOCK); i++) {
          const root = Math.sqrt(weights[i])
          const at = (i - from) * block.stride
          for (let j = 0; j < n; j++) block.data[at + j] = root * data[i * n + j]
        }
        kernels.syrk(1, { ...block, rows: n, columns: BLOCK, transposed: true }, sum, work)
      }
      for (let i = 0; i < n; i++)
        for (let j = 0; j <= i; j++) {
          H[i * n + j] += sum.data[i * sum.stride + j]
          if (j < i) H[j * n + i] += sum.data[i * sum.stride + j]
        }
    },
  }
}

const isSparse = (given: MatrixLike | CSR): given is CSR =>
  typeof given === 'object' && given !== null && 'indptr' in given

function sparse(given: CSR): Features {
  const { rows, columns: n, indptr, indices, values } = checked(given)
  return {
    rows,
    columns: n,
    times(x, out) {
      for (let i = 0; i < rows; i++) {
        let total = 0
        for (let k = indptr[i]; k < indptr[i + 1]; k++) total += values[k] * x[indices[k]]
        out[i] = total
      }
    },
    transposed(v, out) {
      for (let i = 0; i < rows; i++) for (let k = indptr[i]; k < indptr[i + 1]; k++) out[indices[k]] += v[i] * values[k]
    },
    weighted(weights, H) {
      for (let i = 0; i < rows; i++)
        for (let k = indptr[i]; k < indptr[i + 1]; k++) {
          const scaled = weights[i] * values[k]
          const row = indices[k] * n
          for (let l = indptr[i]; l < indptr[i + 1]; l++) H[row + indices[l]] += scaled * values[l]
        }
    },
  }
}

/** Copies a sparse matrix whose entries all lie within it. */
function checked(given: CSR): CSR {
  const size = { integer: true, min: 1, max: 2147483647 }
  const rows = number(given.rows, 'features.rows', size)
  const columns = number(given.columns, 'features.columns', size)
  const entries = given.values.length
  const wrong = (label: string, allowed: string, value: unknown) => refuse(`features.${label}`, allowed, show(value))
  if (given.indptr.length !== rows + 1) wrong('indptr', `of length ${rows + 1}`, given.indptr.length)
  if (given.indices.length !== entries) wrong('indices', `as long as values, ${entries}`, given.indices.length)
  for (let i = 0; i <= rows; i++) {
    const least = i === 0 ? 0 : given.indptr[i - 1]
    number(given.indptr[i], `features.indptr[${i}]`, { integer: true, min: least, max: i === 0 ? 0 : entries })
  }
  for (let k = 0; k < entries; k++) {
    number(given.indices[k], `features.indices[${k}]`, { integer: true, min: 0, max: columns - 1 })
    number(given.values[k], `features.values[${k}]`)
  }
  return {
    rows,
    columns,
    indptr: Int32Array.from(given.indptr),
    indices: Int32Array.from(given.indices),
    values: Float64Array.from(given.values),
  }
}
