import { nrm2 } from '@opt/core'
import type { Space } from '../descend.ts'
import type { Lagrangian } from '../lagrangian/types.ts'
import type { TrigSum } from '../sums/trig-sum.ts'
import type { Condition } from '../theory/conditioning.ts'
import { GridBasis } from './basis.ts'
import { type Flux, fluxLoad } from './flux.ts'
import { type Lift, type PointFunction, sample, sampleLift } from './sample.ts'

/** A boundary value problem on the unit box. */
export interface GridProblem {
  lagrangian: Lagrangian
  boundary: readonly Condition[]
  f: PointFunction | TrigSum
  lift?: Lift | undefined
  flux?: Flux | undefined
}

/** Coefficients of an iterate and what is known of them. */
export interface GridIterate {
  u: Float64Array
  /** <DE(u), phi> for each mode phi. */
  g: Float64Array
  dual: number
  energy: number
}

/** What the reports of a grid show. */
export interface GridFigures {
  /** E(u). */
  energy: number
  /** The Barron norm |u|_1, the sum of (1 + a)|c|. */
  barron: number
}

/** The span of the modes of a grid, with the norm of H1. */
export class GridSpace implements Space<GridIterate, GridFigures> {
  readonly halvings = 30
  readonly basis: GridBasis
  readonly #lagrangian: Lagrangian
  readonly f: Float64Array
  readonly #lift: { u: Float64Array; p: Float64Array[] } | undefined
  readonly #flux: Float64Array | undefined
  readonly #density: Float64Array
  readonly #scaled: Float64Array

  constructor({ lagrangian, boundary, f, lift, flux }: GridProblem, modes: number, grid: number) {
    const basis = new GridBasis(boundary, modes, grid)
    this.basis = basis
    this.#lagrangian = lagrangian
    this.f = sample(f, basis.at, 'f')
    this.#lift = lift === undefined ? undefined : sampleLift(lift, basis.at)
    this.#flux = flux === undefined ? undefined : fluxLoad(flux, boundary, basis)
    this.#density = new Float64Array(basis.count)
    this.#scaled = new Float64Array(basis.size)
  }

  spare(): GridIterate {
    const { size } = this.basis
    return { u: new Float64Array(size), g: new Float64Array(size), dual: 0, energy: 0 }
  }

  /** The iterate with these coefficients. */
  iterate(u: Float64Array): GridIterate {
    const made = { ...this.spare(), u }
    this.#evaluate(made)
    return made
  }

  /** Writes u and grad u, with the lift, into the basis' points. */
  show(u: Float64Array): void {
    const { basis } = this
    basis.synthesize(u)
    if (!this.#lift) return
    add(basis.at.u, this.#lift.u)
    for (const [j, field] of this.#lift.p.entries()) add(basis.at.p[j], field)
  }

  /** The residual g = the mean of (L_u - f) phi + L_p . grad phi over the grid, its dual norm, and the energy. */
  #evaluate(to: GridIterate): void {
    const { basis, f } = this
    const [density, { u }] = [this.#density, basis.at]
    this.show(to.u)
    this.#lagrangian.value(basis.at, density)
    let energy = 0
    for (let i = 0; i < basis.count; i++) energy += density[i] - f[i] * u[i]
    to.energy = energy / basis.count
    this.#lagrangian.slopes(basis.at, basis.values, basis.fields)
    for (let i = 0; i < basis.count; i++) basis.values[i] -= f[i]
    basis.analyse(to.g)
    if (this.#flux)
      for (let t = 0; t < basis.size; t++) {
        to.g[t] -= this.#flux[t]
        to.energy -= this.#flux[t] * to.u[t]
      }
    for (let t = 0; t < basis.size; t++) this.#scaled[t] = to.g[t] / basis.roots[t]
    to.dual = nrm2(this.#scaled)
  }

  step(from: GridIterate, eta: number, to: GridIterate): void {
    const { size, weights } = this.basis
    for (let t = 0; t < size; t++) to.u[t] = from.u[t] - (eta * from.g[t]) / weights[t]
    this.#evaluate(to)
  }

  change(from: GridIterate, to: GridIterate): { square: number; product: number } {
    const { size, weights } = this.basis
    let [square, product] = [0, 0]
    for (let t = 0; t < size; t++) {
      const s = to.u[t] - from.u[t]
      square += weights[t] * s * s
      product += s * (to.g[t] - from.g[t])
    }
    return { square, product }
  }

  norm({ u }: GridIterate): number {
    for (let t = 0; t < u.length; t++) this.#scaled[t] = this.basis.roots[t] * u[t]
    return nrm2(this.#scaled)
  }

  figures({ u, energy }: GridIterate): GridFigures {
    let barron = 0
    for (let t = 0; t < u.length; t++) barron += this.basis.barronWeights[t] * Math.abs(u[t])
    return { energy, barron }
  }
}

function add(to: Float64Array, from: Float64Array): void {
  for (let i = 0; i < to.length; i++) to[i] += from[i]
}
