import { refuse } from '@opt/core'
import type { Space } from '../descend.ts'
import type { Coefficients, NamedLagrangian } from '../lagrangian/lagrangian.ts'
import { combine, TrigSum, withCoefficients } from '../sums/trig-sum.ts'

/** A sum with its residual, both truncated. */
export interface SparseIterate {
  u: TrigSum
  /** Coefficients of DE(u), of which products left out `dropped`. */
  residual: TrigSum
  dual: number
  /** A bound on what the residual lacks, in the dual norm. */
  dropped: number
  /** The sum of (1 + a)|c| over the terms that this step truncated. */
  truncated: number
  energy: number
  /** The products that the residual was made of: u^3, and |grad u|^2 times each derivative of u. */
  cube: TrigSum | undefined
  fields: { gradient: TrigSum[]; cubes: TrigSum[] } | undefined
}

/** What the reports of sparse sums show. */
export interface SparseFigures {
  energy: number
  /** The Barron norm |u|_1. */
  barron: number
  /** How many terms u has. */
  terms: number
  /** How many cosine neurons equal u. */
  neurons: number
  dropped: number
  truncated: number
}

/** The parts of a quadratic or quartic Lagrangian; others have no sparse products. */
export function polynomialCoefficients(L: NamedLagrangian): Coefficients {
  if (L.name === 'quartic') return L.coefficients
  if (L.name === 'quadratic' && !L.potential) return L.coefficients
  refuse(
    'lagrangian',
    "'quadratic' with constant coefficients or 'quartic' (solveGrid and solveNeurons take all)",
    `'${L.name}'`,
  )
}

/** Sums of few terms in any dimension: products skip small pairs, steps drop small terms. */
export class SparseSpace implements Space<SparseIterate, SparseFigures> {
  /** Truncation keeps the residual from falling long before rounding does. */
  readonly halvings = 12
  readonly #coefficients: Coefficients
  readonly #f: TrigSum
  readonly #threshold: number
  readonly #budget: number

  constructor(coefficients: Coefficients, f: TrigSum, threshold: number, budget: number) {
    this.#coefficients = coefficients
    this.#f = f
    this.#threshold = threshold
    this.#budget = budget
  }

  spare(): SparseIterate {
    return this.iterate(TrigSum.zero(this.#f.parity))
  }

  /** The iterate of a sum. */
  iterate(u: TrigSum): SparseIterate {
    const made = { truncated: 0 } as SparseIterate
    this.#evaluate(u, made)
    return made
  }

  step(from: SparseIterate, eta: number, to: SparseIterate): void {
    const { kept, dropped } = combine(from.u, from.residual.precondition(), -eta).truncate(this.#budget)
    to.truncated = dropped
    this.#evaluate(kept, to)
  }

  /** DE(u) = -a Laplace u + c u + e u^3 - b div(|grad u|^2 grad u) - f. */
  #evaluate(u: TrigSum, to: SparseIterate): void {
    const { a, b, c, e } = this.#coefficients
    const squares = u.squares()
    to.u = u
    const linear = withCoefficients(
      u,
      u.coefficients.map((value, t) => (a * squares[t] + c) * value),
    )
    let residual = combine(linear, this.#f, -1)
    let dropped = 0
    const whole = u.h1()
    const mean = u.l2()
    let energy = 0.5 * a * (whole * whole - mean * mean) + 0.5 * c * mean * mean - u.inner(this.#f)
    to.cube = undefined
    to.fields = undefined
    if (e > 0) {
      const square = u.multiply(u, this.#threshold)
      const cube = square.product.multiply(u, this.#threshold)
      to.cube = cube.product
      residual = combine(residual, cube.product, e)
      dropped += e * (square.dropped * u.norm(0) + cube.dropped)
      energy += 0.25 * e * square.product.inner(square.product)
    }
    if (b > 0) {
      const gradient = u.parity.map((_, j) => u.derivative(j))
      let square = TrigSum.zero(u.parity.map(() => 'cos'))
      let lost = 0
      for (const slope of gradient) {
        const { product, dropped } = slope.multiply(slope, this.#threshold)
        square = combine(square, product, 1)
        lost += dropped
      }
      const cubes = gradient.map((slope, j) => {
        const { product, dropped: pairs } = square.multiply(slope, this.#threshold)
        residual = combine(residual, product.derivative(j), -b)
        dropped += b * (lost * slope.norm(0) + pairs)
        return product
      })
      energy += 0.25 * b * square.inner(square)
      to.fields = { gradient, cubes }
    }
    to.residual = residual
    to.dropped = dropped
    to.energy = energy
    to.dual = residual.dual()
  }

  change(from: SparseIterate, to: SparseIterate): { square: number; product: number } {
    const s = combine(to.u, from.u, -1)
    const y = combine(to.residual, from.residual, -1)
    const size = s.h1()
    return { square: size * size, product: s.inner(y) }
  }

  norm({ u }: SparseIterate): number {
    return u.h1()
  }

  figures({ u, energy, dropped, truncated }: SparseIterate): SparseFigures {
    return { energy, barron: u.norm(1), terms: u.terms, neurons: u.neurons(), dropped, truncated }
  }
}
