// What one writes in plain JavaScript: straight loops over typed arrays, with Math's functions.
export function gemv(m, n, A, x, y) {
  for (let i = 0; i < m; i++) {
    let s = 0
    for (let j = 0, p = i * n; j < n; j++, p++) s += A[p] * x[j]
    y[i] = s
  }
}

export function gemvT(m, n, A, x, y) {
  y.fill(0)
  for (let i = 0; i < m; i++) for (let j = 0, p = i * n; j < n; j++, p++) y[j] += A[p] * x[i]
}

export function gemm(n, A, B, C) {
  C.fill(0)
  for (let i = 0; i < n; i++) {
    for (let l = 0; l < n; l++) {
      const a = A[i * n + l]
      for (let j = 0, p = l * n, q = i * n; j < n; j++, p++, q++) C[q] += a * B[p]
    }
  }
}

export function exp(n, x, y) {
  for (let i = 0; i < n; i++) y[i] = Math.exp(x[i])
}

/** f_i = epsilon (log a_i - log sum_j exp((g_j - C_ij) / epsilon)) */
export function rowLse(n, C, g, epsilon, out) {
  const k = 1 / epsilon
  for (let i = 0; i < n; i++) {
    const at = i * n
    let most = -Infinity
    for (let j = 0; j < n; j++) most = Math.max(most, g[j] - C[at + j])
    let s = 0
    for (let j = 0; j < n; j++) s += Math.exp((g[j] - C[at + j] - most) * k)
    out[i] = Math.log(s) + most * k
  }
}

export function softmax(n, X, Y) {
  for (let i = 0; i < n; i++) {
    const at = i * n
    let most = -Infinity
    for (let j = 0; j < n; j++) most = Math.max(most, X[at + j])
    let s = 0
    for (let j = 0; j < n; j++) s += Y[at + j] = Math.exp(X[at + j] - most)
    for (let j = 0; j < n; j++) Y[at + j] /= s
  }
}

export function spmv(m, starts, columns, values, x, y) {
  for (let i = 0; i < m; i++) {
    let s = 0
    for (let k = starts[i]; k < starts[i + 1]; k++) s += values[k] * x[columns[k]]
    y[i] = s
  }
}

/** The extended Rosenbrock function, valley by valley, with its gradient. */
export function rosenbrock(x, gradient) {
  gradient.fill(0)
  const valley = (value, next, k) => {
    const [height, rest] = [next - x[k] * x[k], 1 - x[k]]
    gradient[k] -= 400 * x[k] * height + 2 * rest
    gradient[k + 1] += 200 * height
    return value + 100 * height * height + rest * rest
  }
  return x.subarray(1).reduce(valley, 0)
}

/** A copy with type feedback of its own: one loop run on float64 and float32 arrays is slow on both, and no fair opponent. */
export const fresh = (f) => new Function(`return ${f}`)()
