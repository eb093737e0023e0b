import { exp, log, type Random } from '@opt/core'
import type { SecondOrder } from '../hindsight/over-ball.ts'

/** The features of a point, the last of them constant. */
export const FEATURES = 3
const PER_CLASS = 40

/** Draws points of each class round a centre of its own, with the constant: rows of length at most 1. */
export function drawSamples(rng: Random, K: number): Float64Array[] {
  return Array.from({ length: K }, () => {
    const [a, b] = [rng.uniform(-1, 1), rng.uniform(-1, 1)]
    return Float64Array.from({ length: PER_CLASS * FEATURES }, (_, i) => {
      if (i % FEATURES === 2) return 1 / Math.sqrt(3)
      const v = (i % FEATURES === 0 ? a : b) + rng.normal(0, 0.5)
      return Math.min(Math.max(v, -1), 1) / Math.sqrt(3)
    })
  })
}

/** Weighted sums of the mean softmax losses R_k of the classes; w holds one row of weights a class. */
interface SoftmaxRisks {
  /** Returns sum_k weights_k R_k(w), and writes its gradient into g. */
  risks(weights: Float64Array, w: Float64Array, g: Float64Array): number
  /** Makes the same with its Hessian. */
  curvature(weights: Float64Array): SecondOrder
}

/** Makes the risks of labelled points: `samples` holds those of each class. */
export function softmaxRisks(samples: Float64Array[], K: number): SoftmaxRisks {
  const p = new Float64Array(K)
  /** Adds up the losses; calls `visit` with each point, its weight and its class while p holds its probabilities. */
  const eachPoint = (
    weights: Float64Array,
    w: Float64Array,
    visit: (z: Float64Array, at: number, share: number, k: number) => void,
  ) => {
    let total = 0
    for (let k = 0; k < K; k++)
      for (let s = 0; s < PER_CLASS; s++) {
        const at = s * FEATURES
        const share = weights[k] / PER_CLASS
        total += share * softmaxLoss(w, samples[k], at, k, p)
        visit(samples[k], at, share, k)
      }
    return total
  }
  const addSlope = (g: Float64Array, z: Float64Array, at: number, share: number, k: number) => {
    for (let c = 0; c < K; c++)
      for (let f = 0; f < FEATURES; f++) g[c * FEATURES + f] += share * (p[c] - (c === k ? 1 : 0)) * z[at + f]
  }
  const risks = (weights: Float64Array, w: Float64Array, g: Float64Array) => {
    g.fill(0)
    return eachPoint(weights, w, (z, at, share, k) => addSlope(g, z, at, share, k))
  }
  const curvature =
    (weights: Float64Array): SecondOrder =>
    (w, g, H, stride) => {
      g.fill(0)
      const n = K * FEATURES
      for (let i = 0; i < n; i++) for (let j = 0; j <= i; j++) H[i * stride + j] = 0
      return eachPoint(weights, w, (z, at, share, k) => {
        addSlope(g, z, at, share, k)
        for (let i = 0; i < n; i++)
          for (let j = 0; j <= i; j++) {
            const [a, b] = [Math.floor(i / FEATURES), Math.floor(j / FEATURES)]
            const spread = (a === b ? p[a] : 0) - p[a] * p[b]
            H[i * stride + j] += share * spread * z[at + (i % FEATURES)] * z[at + (j % FEATURES)]
          }
      })
    }
  return { risks, curvature }
}

/** Returns -log of the probability of class k, and writes all probabilities into p. */
function softmaxLoss(w: Float64Array, z: Float64Array, at: number, k: number, p: Float64Array): number {
  let top = -Infinity
  for (let c = 0; c < p.length; c++) {
    let m = 0
    for (let f = 0; f < FEATURES; f++) m += w[c * FEATURES + f] * z[at + f]
    p[c] = m
    top = Math.max(top, m)
  }
  const mine = p[k] - top
  let sum = 0
  for (let c = 0; c < p.length; c++) sum += p[c] = exp(p[c] - top)
  for (let c = 0; c < p.length; c++) p[c] /= sum
  return log(sum) - mine
}
