import type { Matrix } from '@opt/core'
import { median } from '@opt/core/experiment'
import { Factors, FLOOR } from './factors.ts'
import { dataMap, type Guidance } from './guidance.ts'

/** The loss of the residual's rows: sum_l sqrt(|e_l|^2 + eps^2), or the sum of squares / 2. */
export type Loss = 'l21' | 'frobenius'

/** Y ~ M A, the guidance map h and the weights of the bands, with the steps that lower the objective in each. */
export class Model extends Factors {
  /** lambda and rho, in the units of the loss. */
  sparsity = 0
  sumToOne = 0
  /** |e_l|^2 and u_l. */
  readonly squaredErrors: Float64Array
  readonly weights: Float64Array
  readonly #loss: Loss
  readonly #guidance: Guidance
  readonly #epsilon2: number
  readonly #old: Float64Array

  /** @param Y bands x pixels, nonnegative, about 1. */
  constructor(Y: Matrix, K: number, loss: Loss, guidance: Guidance) {
    super(Y, K)
    this.#loss = loss
    this.#guidance = guidance
    this.#old = new Float64Array(K)
    this.squaredErrors = new Float64Array(this.bands)
    this.weights = new Float64Array(this.bands).fill(1)
    this.#epsilon2 = 1e-12 * (this.bandPowers.reduce((sum, v) => sum + v, 0) / this.bands)
    if (guidance.kind === 'constant') this.views.h.fill(guidance.h)
    if (guidance.kind === 'learned') this.views.h.fill(guidance.hmax)
    if (guidance.kind === 'data') this.views.h.set(dataMap(Y, guidance))
  }

  /** Sets M (bands x K) and A (K x pixels); `mix` moves A towards equal parts. */
  start(endmembers: Matrix, abundances: Matrix, mix = 0): void {
    this.set(endmembers, abundances, mix)
    this.#gather()
  }

  /** Goes on from M (K rows of bands), A (pixels x K) and h. */
  restore(M: Float64Array, A: Float64Array, h: Float64Array): void {
    this.load(M, A, h)
    this.#gather()
    this.#logarithms()
    this.#powers()
  }

  /** Step 1: u_l = 1 / sqrt(|e_l|^2 + eps^2); 1 for the Frobenius loss. */
  weighBands(): void {
    const { squaredErrors, weights } = this
    if (this.#loss === 'l21')
      for (let l = 0; l < this.bands; l++) weights[l] = 1 / Math.sqrt(squaredErrors[l] + this.#epsilon2)
  }

  /** Step 2, and Y A' and A A' for what follows: one read of Y. */
  stepAbundances(): void {
    const { Y, M, W, S, A, h, powers, G, H, work, kernels } = this.views
    const { bands, pixels, K, weights } = this
    const width = this.width
    for (let k = 0; k < K; k++) for (let l = 0; l < bands; l++) W[k * width + l] = weights[l] * M[k * width + l]
    for (let i = 0; i < K; i++)
      for (let j = 0; j <= i; j++) {
        let s = 0
        for (let l = 0; l < bands; l++) s += W[i * width + l] * M[j * width + l]
        S[i * K + j] = S[j * K + i] = s
      }
    kernels.stepAbundances(pixels, width, K, Y, W, S, this.sparsity, this.sumToOne, h, powers, A, G, H, work)
    this.#mirror()
  }

  /** Step 3: M <- max(M (Y A') / (M A A'), 1e-12); the weights of the bands cancel. */
  stepEndmembers(): void {
    const { M, G, H } = this.views
    const { K } = this
    const old = this.#old
    for (let l = 0; l < this.bands; l++) {
      for (let k = 0; k < K; k++) old[k] = M[k * this.width + l]
      for (let k = 0; k < K; k++) {
        let s = 0
        for (let j = 0; j < K; j++) s += H[k * K + j] * old[j]
        M[k * this.width + l] = Math.max((old[k] * G[k * this.width + l]) / s, FLOOR)
      }
    }
    this.#measure()
  }

  /** Step 4: h from A; exactly the minimiser if it is learned. */
  guide(): void {
    const { A, h, logs, kernels } = this.views
    const { pixels, K } = this
    const rule = this.#guidance
    this.#logarithms()
    if (rule.kind === 'learned') kernels.learn(pixels, K, logs, rule.mu, rule.hmax, h)
    if (rule.kind === 'hoyer') {
      const root = Math.sqrt(K)
      for (let n = 0; n < pixels; n++) {
        let [sum, squares] = [0, 0]
        for (let i = n * K; i < (n + 1) * K; i++) {
          sum += A[i]
          squares += A[i] * A[i]
        }
        h[n] = rule.hmax * Math.min(1, Math.max(0, (root - sum / Math.sqrt(squares)) / (root - 1)))
      }
    }
    this.#powers()
  }

  /** J(M, A, h). */
  objective(): number {
    const { A, h, powers } = this.views
    const { K, pixels, sparsity, sumToOne, squaredErrors } = this
    const rule = this.#guidance
    let J = 0
    for (const e2 of squaredErrors) J += this.#loss === 'l21' ? Math.sqrt(e2 + this.#epsilon2) : e2 / 2
    let [sparse, sums, map] = [0, 0, 0]
    for (let n = 0; n < pixels; n++) {
      let total = -1
      for (let i = n * K; i < (n + 1) * K; i++) {
        total += A[i]
        sparse += powers[i]
      }
      sums += total * total
      if (rule.kind === 'learned') map += (rule.hmax - h[n]) * (rule.hmax - h[n])
    }
    const learning = rule.kind === 'learned' ? (rule.mu / 2) * map : 0
    return J + sparsity * (sparse + learning) + (sumToOne / 2) * sums
  }

  /** What makes lambda and rho independent of the units: median_l |e_l| / N, squared over N for the Frobenius loss. */
  scale(): number {
    const middle = Math.max(median(this.squaredErrors.map(Math.sqrt)), Math.sqrt(this.#epsilon2))
    return this.#loss === 'l21' ? middle / this.pixels : (middle * middle) / this.pixels
  }

  #gather(): void {
    const { Y, A, G, H, work, kernels } = this.views
    kernels.gather(this.pixels, this.width, this.K, Y, A, G, H, work)
    this.#mirror()
    this.#measure()
  }

  #mirror(): void {
    const { H } = this.views
    for (let i = 0; i < this.K; i++) for (let j = 0; j < i; j++) H[j * this.K + i] = H[i * this.K + j]
  }

  #logarithms(): void {
    this.views.kernels.logarithms(this.pixels * this.K, this.views.A, this.views.logs)
  }

  #powers(): void {
    const { logs, h, powers, kernels } = this.views
    kernels.powers(this.pixels, this.K, logs, h, powers)
  }

  /** |e_l|^2 = |y_l|^2 - 2 m_l'(A y_l) + m_l' A A' m_l: without forming M A. */
  #measure(): void {
    const { M, G, H } = this.views
    const { K } = this
    for (let l = 0; l < this.bands; l++) {
      let e2 = this.bandPowers[l]
      for (let k = 0; k < K; k++) {
        let s = -2 * G[k * this.width + l]
        for (let j = 0; j < K; j++) s += H[k * K + j] * M[j * this.width + l]
        e2 += M[k * this.width + l] * s
      }
      this.squaredErrors[l] = Math.max(0, e2)
    }
  }
}
