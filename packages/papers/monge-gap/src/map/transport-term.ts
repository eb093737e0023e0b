import { allocate, options as optionsOf, vector, vectorCopy } from '@opt/core'
import { GibbsPlan, gibbsViews, transportKernels } from '@opt/core/transport'
import type { Cost, Points } from '../costs/cost.ts'

/** Where the marginals' error counts as small enough, and the end of patience. */
export interface Accuracy {
  tolerance: number
  maxIterations: number
}

/** The dual value of a solved term, the L1 error of its marginals, and what it took. */
export interface SolvedTerm {
  value: number
  error: number
  iterations: number
}

/** What the next step starts from: the potentials, and the columns that they belong to. */
export interface TermState {
  F: number[]
  G: number[]
  columns: number[]
}

/**
 * W_epsilon between n points and m points of uniform mass, again and again: each time from the last potentials. For the
 * points of the last call, moved, these are nearly the answer; new ones get theirs by soft c-transforms.
 */
export class TransportTerm {
  readonly #plan: GibbsPlan
  readonly #cost: Cost
  readonly #epsilon: number
  readonly #symmetric: boolean
  /** One coordinate of the rows, and its sums by the columns of the plan. */
  readonly #coordinate: Float64Array
  readonly #sums: Float64Array
  /** The columns of the last call; null before the first. */
  #last: Float64Array | null = null

  constructor(n: number, m: number, cost: Cost, epsilon: number, symmetric = false) {
    const { kernels, x, sums, ...views } = allocate([transportKernels], (space) => ({
      ...gibbsViews(n, m, space),
      x: space.f64(n),
      sums: space.f64(m),
    }))
    this.#coordinate = x
    this.#sums = sums
    const uniform = (count: number) => new Float64Array(count).fill(1 / count)
    this.#plan = new GibbsPlan(views, kernels, uniform(n), uniform(m))
    this.#plan.epsilon = epsilon
    this.#cost = cost
    this.#epsilon = epsilon
    this.#symmetric = symmetric
  }

  /**
   * Solves for rows x and columns y, of d coordinates. Returns the dual value of W_epsilon = min <P, C> - epsilon H(P),
   * NaN for costs that are not finite, with the L1 error of the marginals.
   *
   * @param moved whether these are the points of the last call, moved a little.
   */
  solve(x: Points, y: Points, d: number, moved: boolean, { tolerance, maxIterations }: Accuracy): SolvedTerm {
    const plan = this.#plan
    const { C, F, G, a, b } = plan.views
    if (!this.#last) {
      plan.setPotentials({ f: new Float64Array(plan.rows), g: new Float64Array(plan.columns) }, this.#epsilon)
      this.#cost.matrix(x, y, d, C)
      this.#start()
    } else if (!moved) {
      this.#cost.matrix(x, this.#last, d, C)
      plan.softRows()
      if (this.#symmetric) G.set(F)
      this.#cost.matrix(x, y, d, C)
      if (!this.#symmetric) plan.softColumns()
    } else this.#cost.matrix(x, y, d, C)
    this.#last ??= new Float64Array(y.length)
    this.#last.set(y)
    const { error, iterations } = plan.solve(tolerance, maxIterations, this.#symmetric)
    let value = this.#epsilon
    let total = 0
    for (let i = 0; i < F.length; i++) value += a[i] * F[i]
    for (let j = 0; j < G.length; j++) {
      value += b[j] * G[j]
      total += plan.views.c[j]
    }
    return { value: value - this.#epsilon * total, error, iterations }
  }

  /** From zeros: one iteration in the log domain, so that no row or column underflows. */
  #start(): void {
    const { F, G } = this.#plan.views
    this.#plan.softRows()
    if (this.#symmetric) G.set(F)
    else this.#plan.softColumns()
  }

  /** Adds scale sum_i P_ij d2c(x_i, y_j) to out_j, with the plan of the last call. */
  addGradient(x: Points, y: Points, d: number, scale: number, out: Float64Array): void {
    const { P, c } = this.#plan.views
    const { quadratic } = this.#cost
    if (quadratic === undefined) {
      this.#cost.weightedGradient(x, y, d, P, scale, out)
      return
    }
    // sum_i P_ij 2 q (y_j - x_i), one coordinate after the other.
    const [from, sums] = [this.#coordinate, this.#sums]
    for (let k = 0; k < d; k++) {
      for (let i = 0; i < from.length; i++) from[i] = x[i * d + k]
      this.#plan.kernels.gemvT(P, from, sums.fill(0))
      for (let j = 0; j < sums.length; j++) out[j * d + k] += 2 * quadratic * scale * (c[j] * y[j * d + k] - sums[j])
    }
  }

  state(): TermState | null {
    const { F, G } = this.#plan.views
    return this.#last && { F: Array.from(F), G: Array.from(G), columns: Array.from(this.#last) }
  }

  /** @throws TypeError or RangeError for anything but a state of as many points. */
  load(state: TermState | null, label: string): void {
    if (state === null) {
      this.#last = null
      return
    }
    const { F, G } = this.#plan.views
    const { F: rows, G: columns, columns: last } = optionsOf(state, label)
    const potentials = [
      vector(rows, `${label}.F`, { length: F.length }),
      vector(columns, `${label}.G`, { length: G.length }),
    ]
    this.#last = vectorCopy(last, `${label}.columns`)
    F.set(potentials[0])
    G.set(potentials[1])
  }
}
