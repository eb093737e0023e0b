import { allocate, type MatrixView, matrixKernels, matrixView, nrm2, refuse, vectorKernels } from '@opt/core'
import type { Space } from '../descend.ts'
import type { Lagrangian, Points } from '../lagrangian/types.ts'
import { boundaryFactor, type InnerPart, preactivation, type TwoLayerNetwork, wave } from './network.ts'
import type { Quadrature } from './rule.ts'

/** Coefficients in the orthonormal basis of the neurons' span. */
export interface NeuronIterate {
  c: Float64Array
  g: Float64Array
  dual: number
  energy: number
}

/** A neuron whose rest is at most so large, relative to its norm, depends on the earlier ones. */
const DEPENDENT = 1e-7

/**
 * The span of neurons with fixed inner weights, with the H1 product of a quadrature rule. A function is a row of (1 + d) n
 * numbers: the values and the slopes at the points, times the roots of the weights; the neurons are made orthonormal one
 * after the other (Gram-Schmidt, two passes), so that P is the identity.
 */
export class NeuronSpace implements Space<NeuronIterate, { energy: number }> {
  readonly halvings = 30
  /** The neurons that do not depend on earlier ones. */
  readonly kept: number[] = []
  readonly #lagrangian: Lagrangian
  readonly #neurons: InnerPart & Pick<TwoLayerNetwork, 'boundary'>
  readonly #rule: Quadrature
  readonly #f: Float64Array
  readonly #kernels
  /** kept x (1 + d) n, orthonormal rows. */
  readonly #Q: MatrixView
  /** Neuron kept[k] = the sum of triangle[k][l] Q_l, l <= k. */
  readonly #triangle: Float64Array[] = []
  readonly #roots: Float64Array
  readonly #row: Float64Array
  readonly #c: Float64Array
  readonly #at: Points & { u: Float64Array; p: Float64Array[] }
  readonly #du: Float64Array
  readonly #dp: Float64Array[]

  constructor(
    lagrangian: Lagrangian,
    neurons: InnerPart & Pick<TwoLayerNetwork, 'boundary'>,
    rule: Quadrature,
    f: Float64Array,
  ) {
    const [d, count] = [neurons.boundary.length, neurons.biases.length]
    const length = (1 + d) * rule.n
    const { kernels, Q, row, c } = allocate([matrixKernels, vectorKernels], (views) => ({
      Q: views.f64(count * length),
      row: views.f64(length),
      c: views.f64(count),
    }))
    this.#lagrangian = lagrangian
    this.#neurons = neurons
    this.#rule = rule
    this.#f = f
    this.#kernels = kernels
    this.#row = row
    this.#roots = rule.weights.map(Math.sqrt)
    const field = () => new Float64Array(rule.n)
    this.#at = { n: rule.n, x: rule.x, u: field(), p: rule.x.map(field) }
    this.#du = field()
    this.#dp = rule.x.map(field)
    this.#orthonormalize(Q, c)
    const size = this.kept.length
    if (size === 0) refuse('neurons', 'not 0 at all points of the rule', 'only such')
    this.#Q = matrixView(Q.subarray(0, size * length), size, length)
    this.#c = c.subarray(0, size)
  }

  #orthonormalize(Q: Float64Array, overlaps: Float64Array): void {
    const { activation, inputWeights, biases, boundary } = this.#neurons
    const [rule, roots, d] = [this.#rule, this.#roots, boundary.length]
    const { n } = rule
    const length = (1 + d) * n
    const B = boundaryFactor(boundary, rule)
    const z = new Float64Array(n)
    const s = [z, z, z].map(() => new Float64Array(n))
    for (let k = 0; k < biases.length; k++) {
      const size = this.kept.length
      const row = Q.subarray(size * length, (size + 1) * length)
      preactivation(inputWeights, biases, k, rule, z)
      wave(activation, n, z, s)
      for (let i = 0; i < n; i++) row[i] = roots[i] * B.u[i] * s[0][i]
      for (let j = 0; j < d; j++) {
        const w = inputWeights.data[k * d + j]
        for (let i = 0; i < n; i++) row[(1 + j) * n + i] = roots[i] * (B.p[j][i] * s[0][i] + B.u[i] * w * s[1][i])
      }
      const before = Math.sqrt(this.#kernels.dot(length, row, row))
      const column = new Float64Array(size + 1)
      if (size > 0) {
        const earlier = matrixView(Q.subarray(0, size * length), size, length)
        const part = overlaps.subarray(0, size)
        for (let pass = 0; pass < 2; pass++) {
          this.#kernels.gemv(earlier, row, part)
          for (let l = 0; l < size; l++) {
            column[l] += part[l]
            part[l] = -part[l]
          }
          this.#kernels.gemvT(earlier, part, row)
        }
      }
      const rest = Math.sqrt(this.#kernels.dot(length, row, row))
      if (!(rest > DEPENDENT * before)) continue
      for (let i = 0; i < length; i++) row[i] /= rest
      column[size] = rest
      this.#triangle.push(column)
      this.kept.push(k)
    }
  }

  spare(): NeuronIterate {
    const size = this.kept.length
    return { c: new Float64Array(size), g: new Float64Array(size), dual: 0, energy: 0 }
  }

  iterate(c: Float64Array): NeuronIterate {
    const made = { ...this.spare(), c }
    this.#evaluate(made)
    return made
  }

  step(from: NeuronIterate, eta: number, to: NeuronIterate): void {
    for (let k = 0; k < to.c.length; k++) to.c[k] = from.c[k] - eta * from.g[k]
    this.#evaluate(to)
  }

  #evaluate(to: NeuronIterate): void {
    const [row, roots, f, { weights }] = [this.#row, this.#roots, this.#f, this.#rule]
    const at = this.#at
    const { n, u, p } = at
    row.fill(0)
    this.#c.set(to.c)
    this.#kernels.gemvT(this.#Q, this.#c, row)
    for (let i = 0; i < n; i++) u[i] = row[i] / roots[i]
    for (const [j, slope] of p.entries()) for (let i = 0; i < n; i++) slope[i] = row[(1 + j) * n + i] / roots[i]
    this.#lagrangian.value(at, this.#du)
    to.energy = 0
    for (let i = 0; i < n; i++) to.energy += weights[i] * (this.#du[i] - f[i] * u[i])
    this.#lagrangian.slopes(at, this.#du, this.#dp)
    for (let i = 0; i < n; i++) row[i] = roots[i] * (this.#du[i] - f[i])
    for (const [j, slope] of this.#dp.entries()) for (let i = 0; i < n; i++) row[(1 + j) * n + i] = roots[i] * slope[i]
    this.#kernels.gemv(this.#Q, row, this.#c)
    to.g.set(this.#c)
    to.dual = nrm2(to.g)
  }

  change(from: NeuronIterate, to: NeuronIterate): { square: number; product: number } {
    let [square, product] = [0, 0]
    for (let k = 0; k < to.c.length; k++) {
      const s = to.c[k] - from.c[k]
      square += s * s
      product += s * (to.g[k] - from.g[k])
    }
    return { square, product }
  }

  norm({ c }: NeuronIterate): number {
    return nrm2(c)
  }

  figures({ energy }: NeuronIterate): { energy: number } {
    return { energy }
  }

  /** The output weights of all neurons, 0 for those left out: back substitution with the triangular factor. */
  outputWeights(c: Float64Array): Float64Array {
    const rest = c.slice()
    const out = new Float64Array(this.#neurons.biases.length)
    for (let k = rest.length - 1; k >= 0; k--) {
      const column = this.#triangle[k]
      const a = rest[k] / column[k]
      out[this.kept[k]] = a
      for (let l = 0; l < k; l++) rest[l] -= a * column[l]
    }
    return out
  }
}
