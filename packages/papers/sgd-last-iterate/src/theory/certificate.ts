import { pow } from '@opt/core'
import type { ConvexityMap } from '../geometry/maps.ts'
import { weights } from './coefficients.ts'
import { heavyStepCost } from './heavy-bound.ts'

/**
 * Three numbers whose sum F(x^{T+1}) - F(u) does not exceed, whatever the noise was: they hold on every
 * path, for every point u.
 */
export interface Certificate {
  /** What the distance from x^1 to u costs. */
  distance: number
  /** What the noise and the kinks of f cost. */
  noise: number
  /** The luck of the run: sum (gamma_t v_{t-1} / gamma_T) <xi^t, z^{t-1} - x^t>, of mean 0. */
  luck: number
  /** Their sum. */
  bound: number
}

/** What the certificate is told of the problem. */
export interface CertificateOptions {
  L: number
  M: number
  muF: number
  muH: number
}

/**
 * Follows a run beside its noise. The auxiliary points start at z^0 = u and follow
 *
 *     z^t = (1 - v_{t-1}/v_t) x^t + (v_{t-1}/v_t) z^{t-1},   v_0 = v_1, so that z^1 = u.
 */
export class CertificateOf {
  readonly z: Float64Array
  readonly sums: { noise: number; luck: number } = { noise: 0, luck: 0 }
  readonly #map: ConvexityMap
  readonly #distance: number
  /** gamma_t / sum_{s >= t} gamma_s. */
  readonly #share: Float64Array
  readonly #cost: (t: number, noise: number) => number

  constructor(
    eta: Float64Array,
    x1: Float64Array,
    u: Float64Array,
    map: ConvexityMap,
    { L, M, muF, muH }: CertificateOptions,
  ) {
    const { c, a } = weights(eta, muF, muH, 'reference')
    this.z = u.slice()
    this.#map = map
    this.#distance = a * map.divergence(u, x1)
    this.#share = c.map((weight, i) => weight / eta[i])
    if (map.order === 2) this.#cost = (t, noise) => 2 * c[t] * (M * M + noise * noise)
    else {
      const p = map.order / (map.order - 1)
      const cost = heavyStepCost(p, L)
      this.#cost = (t, noise) => this.#share[t] * cost(eta[t], pow(M, p) + pow(noise, p))
    }
  }

  /** Sees step t at x^t with the noise xi^t. */
  see(t: number, x: Float64Array, xi: Float64Array): void {
    const { z, sums } = this
    const i = t - 1
    let along = 0
    for (let j = 0; j < z.length; j++) along += xi[j] * (z[j] - x[j])
    // v_{t-1} / v_t, and gamma_t v_{t-1} / gamma_T in terms of it.
    const kept = i === 0 ? 1 : 1 - this.#share[i - 1]
    sums.luck += this.#share[i] * kept * along
    sums.noise += this.#cost(i, this.#map.dualNormOf(xi))
    for (let j = 0; j < z.length; j++) z[j] = (1 - kept) * x[j] + kept * z[j]
  }

  /** The certificate of the whole run, after its last step. */
  answer(): Certificate {
    const { noise, luck } = this.sums
    return { distance: this.#distance, noise, luck, bound: this.#distance + noise + luck }
  }
}
