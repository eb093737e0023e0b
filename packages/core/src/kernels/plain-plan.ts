/** Plain-JavaScript twins of assembly/plan.ts: the same operations in the same order. */
import { axpy } from './plain-matrices.ts'
import { gibbs } from './plain-transport.ts'

function rowSum(x: Float64Array): number {
  let [a, b, c, d] = [0, 0, 0, 0]
  let j = 0
  for (; j + 4 <= x.length; j += 4) {
    a += x[j]
    b += x[j + 1]
    c += x[j + 2]
    d += x[j + 3]
  }
  let sum = a + c + (b + d)
  for (; j < x.length; j++) sum += x[j]
  return sum
}

export function gibbsMarginals(
  m: number,
  n: number,
  C: Float64Array,
  ldc: number,
  f: Float64Array,
  g: Float64Array,
  epsilon: number,
  K: Float64Array,
  ldk: number,
  r: Float64Array,
  c: Float64Array,
): void {
  gibbs(m, n, C, ldc, f, g, epsilon, K, ldk)
  marginals(m, n, K, ldk, r, c)
}

export function rescale(
  m: number,
  n: number,
  K: Float64Array,
  ldk: number,
  u: Float64Array,
  v: Float64Array,
  r: Float64Array,
  c: Float64Array,
): void {
  for (let i = 0; i < m; i++) for (let j = 0, p = i * ldk; j < n; j++, p++) K[p] = u[i] * K[p] * v[j]
  marginals(m, n, K, ldk, r, c)
}

function marginals(m: number, n: number, K: Float64Array, ldk: number, r: Float64Array, c: Float64Array): void {
  c.fill(0, 0, n)
  for (let i = 0; i < m; i++) {
    const row = K.subarray(i * ldk, i * ldk + n)
    r[i] = rowSum(row)
    axpy(n, 1, row, c)
  }
}
