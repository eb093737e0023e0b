/** Plain-JavaScript twins of the float32 kernels: every product and every sum is rounded to float32. */

const { fround } = Math
const sums: Float32Array = /* @__PURE__ */ new Float32Array(16)
const lane = (l: number) => fround(fround(sums[l] + sums[l + 4]) + fround(sums[l + 8] + sums[l + 12]))

function dotAt(n: number, x: Float32Array, ox: number, y: Float32Array): number {
  sums.fill(0)
  let i = 0
  for (; i + 16 <= n; i += 16) for (let l = 0; l < 16; l++) sums[l] += fround(x[ox + i + l] * y[i + l])
  let sum = fround(fround(lane(0) + lane(1)) + fround(lane(2) + lane(3)))
  for (; i < n; i++) sum = fround(sum + fround(x[ox + i] * y[i]))
  return sum
}

function axpyAt(n: number, alpha: number, x: Float32Array, ox: number, y: Float32Array, oy: number): void {
  for (let j = 0; j < n; j++) y[oy + j] += fround(alpha * x[ox + j])
}

export function dot32(n: number, x: Float32Array, y: Float32Array): number {
  return dotAt(n, x, 0, y)
}

export function axpy32(n: number, alpha: number, x: Float32Array, y: Float32Array): void {
  axpyAt(n, fround(alpha), x, 0, y, 0)
}

export function gemvT32(m: number, n: number, A: Float32Array, lda: number, x: Float32Array, y: Float32Array): void {
  for (let i = 0; i < m; i++) axpyAt(n, x[i], A, i * lda, y, 0)
}
