/** Plain-JavaScript twins of assembly/kernels.ts: the same operations in the same order. */
import { exp, log } from '@opt/core'
import type { UnmixingKernels } from './kernels.ts'

function addPixel(
  l: number,
  k: number,
  Y: Float64Array,
  A: Float64Array,
  pixel: number,
  G: Float64Array,
  H: Float64Array,
): void {
  const y = pixel * l
  const a = pixel * k
  for (let i = 0; i < k; i++) {
    for (let j = 0; j < l; j++) G[i * l + j] += A[a + i] * Y[y + j]
    for (let j = 0; j <= i; j++) H[i * k + j] += A[a + i] * A[a + j]
  }
}

export const stepAbundances: UnmixingKernels['stepAbundances'] = (
  n,
  l,
  k,
  Y,
  W,
  S,
  sparsity,
  sumToOne,
  h,
  powers,
  A,
  G,
  H,
  work,
) => {
  G.fill(0, 0, k * l)
  H.fill(0, 0, k * k)
  for (let pixel = 0; pixel < n; pixel++) {
    const a = pixel * k
    let total = 0
    for (let i = 0; i < k; i++) total += A[a + i]
    const pull = sumToOne * total
    const push = sparsity * (1 - h[pixel])
    for (let i = 0; i < k; i++) {
      let even = 0
      let odd = 0
      for (let j = 0; j < l; j += 2) {
        even += W[i * l + j] * Y[pixel * l + j]
        odd += W[i * l + j + 1] * Y[pixel * l + j + 1]
      }
      let s = pull
      for (let j = 0; j < k; j++) s += S[i * k + j] * A[a + j]
      s += push * (powers[a + i] / A[a + i])
      const v = (A[a + i] * (even + odd + sumToOne)) / s
      // biome-ignore lint/complexity/useMathMinMax: NaN gives the floor, as in WebAssembly
      work[i] = v > 1e-12 ? v : 1e-12
    }
    for (let i = 0; i < k; i++) A[a + i] = work[i]
    addPixel(l, k, Y, A, pixel, G, H)
  }
}

export const gather: UnmixingKernels['gather'] = (n, l, k, Y, A, G, H, _work) => {
  G.fill(0, 0, k * l)
  H.fill(0, 0, k * k)
  for (let pixel = 0; pixel < n; pixel++) addPixel(l, k, Y, A, pixel, G, H)
}

export const logarithms: UnmixingKernels['logarithms'] = (n, A, logs) => {
  for (let i = 0; i < n; i++) logs[i] = log(A[i])
}

// biome-ignore lint/complexity/useMathMinMax: NaN gives 700, as in WebAssembly
const power = (x: number) => exp(x < 700 ? x : 700)

export const learn: UnmixingKernels['learn'] = (n, k, logs, mu, hmax, h) => {
  for (let i = 0; i < n; i++) {
    let low = -1
    let high = hmax + 1
    let x = h[i]
    for (let t = 0; t < 60; t++) {
      let [s0, s1, q0, q1] = [0, 0, 0, 0]
      for (let j = 0; j < k; j++) {
        const g = logs[i * k + j]
        const e = g * power((1 - x) * g)
        if (j % 2 === 0) {
          s0 += e
          q0 += g * e
        } else {
          s1 += e
          q1 += g * e
        }
      }
      const slope = -(s0 + s1) - mu * (hmax - x)
      if (slope > 0) high = x
      else low = x
      let next = x - slope / (q0 + q1 + mu)
      if (next < 0) next = 0
      if (next > hmax) next = hmax
      const done = Math.abs(next - x) <= 1e-9
      x = done || (next > low && next < high) ? next : (Math.max(low, 0) + Math.min(high, hmax)) / 2
      if (done) break
    }
    h[i] = x
  }
}

export const powers: UnmixingKernels['powers'] = (n, k, logs, h, out) => {
  for (let i = 0; i < n; i++) for (let j = i * k; j < (i + 1) * k; j++) out[j] = power((1 - h[i]) * logs[j])
}
