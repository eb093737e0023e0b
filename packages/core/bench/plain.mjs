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

export function scaling(n, K, a, v, u, z) {
  gemv(n, n, K, v, u)
  for (let i = 0; i < n; i++) u[i] = a[i] / u[i]
  gemvT(n, n, K, u, z)
}

export function exp(n, x, y) {
  for (let i = 0; i < n; i++) y[i] = Math.exp(x[i])
}

export function log(n, x, y) {
  for (let i = 0; i < n; i++) y[i] = Math.log(x[i])
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

export function colLse(n, C, f, epsilon, out, maxima) {
  const k = 1 / epsilon
  maxima.fill(-Infinity)
  out.fill(0)
  for (let i = 0; i < n; i++) for (let j = 0, p = i * n; j < n; j++, p++) maxima[j] = Math.max(maxima[j], f[i] - C[p])
  for (let i = 0; i < n; i++)
    for (let j = 0, p = i * n; j < n; j++, p++) out[j] += Math.exp((f[i] - C[p] - maxima[j]) * k)
  for (let j = 0; j < n; j++) out[j] = Math.log(out[j]) + maxima[j] * k
}

/** A whole log-domain Sinkhorn iteration. */
export function sinkhorn(n, C, a, b, f, g, epsilon, t) {
  rowLse(n, C, g, epsilon, f)
  for (let i = 0; i < n; i++) f[i] = epsilon * (Math.log(a[i]) - f[i])
  colLse(n, C, f, epsilon, g, t)
  for (let j = 0; j < n; j++) g[j] = epsilon * (Math.log(b[j]) - g[j])
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

export function lion(n, p, m, g, rate, decay, beta1, beta2) {
  for (let i = 0; i < n; i++) {
    const c = beta1 * m[i] + (1 - beta1) * g[i]
    p[i] -= rate * (Math.sign(c) + decay * p[i])
    m[i] = beta2 * m[i] + (1 - beta2) * g[i]
  }
}

export function adamw(n, p, m, v, g, step, correction, keep, beta1, beta2, epsilon) {
  for (let i = 0; i < n; i++) {
    const first = (m[i] = beta1 * m[i] + (1 - beta1) * g[i])
    const second = (v[i] = beta2 * v[i] + (1 - beta2) * g[i] * g[i])
    p[i] = keep * p[i] - (step * first) / (Math.sqrt(second * correction) + epsilon)
  }
}

export function spmv(m, starts, columns, values, x, y) {
  for (let i = 0; i < m; i++) {
    let s = 0
    for (let k = starts[i]; k < starts[i + 1]; k++) s += values[k] * x[columns[k]]
    y[i] = s
  }
}

/** A copy with type feedback of its own: one loop run on float64 and float32 arrays is slow on both, and no fair opponent. */
export const fresh = (f) => new Function(`return ${f}`)()
