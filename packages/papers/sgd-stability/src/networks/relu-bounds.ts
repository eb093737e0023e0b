import { calling, type MatrixLike, number, options as optionsOf, type VectorLike } from '@opt/core'
import { inputs, network, pathNormOf, unitScales } from './relu-network.ts'

/** Sharpness and path norm of a two-layer ReLU network f(z) = sum_j a_j relu(w_j . z). */
export interface ReluBounds {
  /** tr H at a minimum that fits all examples: sum_j |w_j|^2 c_j^2 + a_j^2 e_j^2. */
  trace: number
  /** P = sum_j |a_j| |w_j|. */
  pathNorm: number
  /** The least trace among all networks of the same function with rescaled units: 2 sum_j |a_j| |w_j| c_j e_j. */
  traceLowerBound: number
  /** P <= tr H / (2 min_j c_j e_j): flat minima have small path norms. Infinity when a unit is 0 on all examples. */
  pathUpperBound: number
  /** c_j^2 = (1/n) sum_i relu(u_j . z_i)^2 with u_j = w_j / |w_j|; 0 where w_j is 0. */
  c: Float64Array
  /** e_j^2 = (1/n) sum_i [w_j . z_i > 0] |z_i|^2. */
  e: Float64Array
}

/**
 * Relates the sharpness of a two-layer ReLU network to its path norm, exactly and on the given examples.
 *
 * @param X n x d, the inputs z_i.
 * @param W m x d, the weights w_j of unit j in row j.
 * @param a m weights of the output.
 * @throws TypeError or RangeError when the shapes do not fit or an entry is not finite.
 */
export function reluBounds(X: MatrixLike, W: MatrixLike, a: VectorLike): ReluBounds {
  return calling('reluBounds', () => {
    const net = network(W, a)
    const { c, e } = unitScales(inputs(X, net), net)
    let [trace, lower, least] = [0, 0, Infinity]
    for (let j = 0; j < net.m; j++) {
      const [w, out] = [net.norms[j], Math.abs(net.a[j])]
      trace += w * w * c[j] * c[j] + out * out * e[j] * e[j]
      lower += 2 * out * w * c[j] * e[j]
      if (w > 0) least = Math.min(least, c[j] * e[j])
    }
    const pathNorm = pathNormOf(net)
    return {
      trace,
      pathNorm,
      traceLowerBound: lower,
      pathUpperBound: pathNorm === 0 ? 0 : least === 0 ? Infinity : trace / (2 * least),
      c,
      e,
    }
  })
}

/**
 * Sharpness and path norm of a two-layer ReLU network for Gaussian inputs z ~ N(0, I_d), where c^2 = 1/2 and
 * e^2 = d/2: tr H = (1/2) sum_j (|w_j|^2 + d a_j^2) >= sqrt(d) P.
 *
 * @param W m x d, the weights of unit j in row j.
 * @param a m weights of the output.
 * @throws TypeError or RangeError when the shapes do not fit or an entry is not finite.
 */
export function gaussianReluBounds(W: MatrixLike, a: VectorLike): Omit<ReluBounds, 'c' | 'e'> {
  return calling('gaussianReluBounds', () => {
    const net = network(W, a)
    const { m, d } = net
    let trace = 0
    for (let j = 0; j < m; j++) trace += (net.norms[j] * net.norms[j] + d * net.a[j] * net.a[j]) / 2
    const pathNorm = pathNormOf(net)
    return { trace, pathNorm, traceLowerBound: Math.sqrt(d) * pathNorm, pathUpperBound: trace / Math.sqrt(d) }
  })
}

/** Options of {@link rademacherBound}. */
export interface RademacherOptions {
  pathNorm: number
  /** Largest length of an input. */
  radius: number
  /** Number of examples. */
  examples: number
}

/**
 * Bounds the Rademacher complexity of two-layer ReLU networks of path norm at most P on n inputs of length at
 * most R: 2 P R / sqrt(n).
 *
 * @throws TypeError or RangeError when a number is negative or missing.
 */
export function rademacherBound(options: RademacherOptions): number {
  return calling('rademacherBound', () => {
    const { pathNorm, radius, examples } = optionsOf(options, 'options', ['pathNorm', 'radius', 'examples'])
    number(pathNorm, 'pathNorm', { min: 0, max: 1e150 })
    number(radius, 'radius', { min: 0, max: 1e150 })
    number(examples, 'examples', { integer: true, min: 1 })
    return (2 * pathNorm * radius) / Math.sqrt(examples)
  })
}
