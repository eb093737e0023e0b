import { nrm2 } from '@opt/core'

/** Answer of {@link maximizeInBall}. */
export interface BallMaximum {
  /** An upper bound on the maximum, which it equals up to rounding: the value of the dual problem. */
  value: number
  /** Where it is taken. */
  maximizer: Float64Array
}

/**
 * Maximises <g, D> + D'H D / 2 over |D| <= delta, for H with the given eigenvalues (ascending) and eigenvectors (columns):
 * D = (mu - H)^-1 g for the mu >= max(0, largest eigenvalue) with |D| = delta, or mu = 0 inside the ball.
 */
export function maximizeInBall(
  g: Float64Array,
  values: Float64Array,
  vectors: Float64Array,
  delta: number,
): BallMaximum {
  const n = g.length
  const top = values[n - 1]
  const c = new Float64Array(n)
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) c[j] += vectors[i * n + j] * g[i]
  const norm = nrm2(g)
  const step = new Float64Array(n)
  const length = (mu: number): number => {
    for (let j = 0; j < n; j++) {
      const gap = mu - values[j]
      step[j] = gap > 0 ? c[j] / gap : c[j] === 0 ? 0 : Math.sign(c[j]) * Infinity
    }
    return nrm2(step)
  }
  let low = Math.max(0, top)
  if (length(low) > delta) {
    let high = low + norm / delta
    for (let k = 0; k < 200; k++) {
      const middle = low + (high - low) / 2
      if (middle <= low || middle >= high) break
      if (length(middle) > delta) low = middle
      else high = middle
    }
    low = high
    if (!(Math.abs(length(low) - delta) <= 1e-9 * delta)) fillSphere(step, c, values, low, delta)
  } else if (low > 0) {
    // The hard case: what is missing to the sphere goes along the largest eigenvector, where the value is the same.
    const missing = delta * delta - step.reduce((sum, s) => sum + s * s, 0)
    if (missing > 0) step[n - 1] += Math.sqrt(missing)
  }
  let value = (low * delta * delta) / 2
  for (let j = 0; j < n; j++) if (c[j] !== 0) value += (c[j] * c[j]) / (2 * (low - values[j]))
  const maximizer = new Float64Array(n)
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) maximizer[i] += vectors[i * n + j] * step[j]
  return { value, maximizer }
}

/**
 * At a radius so large that mu is the largest eigenvalue up to rounding, the gaps beside it are lost: what is missing to the
 * sphere goes along the part of g in the eigenvectors there.
 */
function fillSphere(step: Float64Array, c: Float64Array, values: Float64Array, mu: number, delta: number): void {
  const isNear = (j: number) => mu - values[j] <= 1e-7 * mu
  let [rest, along] = [0, 0]
  step.forEach((s, j) => void (isNear(j) ? (along += c[j] * c[j]) : (rest += s * s)))
  const factor = Math.sqrt(Math.max(0, delta * delta - rest) / along)
  for (let j = 0; j < step.length; j++) if (isNear(j)) step[j] = factor * c[j]
}
