import { allocate, exp, type Kernels, log } from '@opt/core'
import { type Problem, writeCost } from '../problem/problem.ts'
import type { PlanReadout } from './transport-plan.ts'

/** Rows of the cost that are in memory at a time. */
const BLOCK = 32

/** Sinkhorn in the log domain on a cost that is read row by row: needs O(n + m) numbers beside it. */
export class LogPlan {
  readonly a: Float64Array
  readonly b: Float64Array
  readonly r: Float64Array
  readonly c: Float64Array
  readonly #problem: Problem
  readonly #kernels: Kernels
  readonly #block: Float64Array
  readonly #F: Float64Array
  readonly #G: Float64Array
  readonly #z: Float64Array
  readonly #part: Float64Array
  readonly #scratch: Float64Array
  #epsilon = 1
  #fresh = true
  #cost = 0
  /** Potentials carry everything here, no scaling ever strains. */
  readonly strained = false

  constructor(problem: Problem) {
    const [n, m] = [problem.a.length, problem.b.length]
    const space = allocate((views) => ({
      ...{ block: views.f64(BLOCK * m), scratch: views.f64(m), part: views.f64(m), z: views.f64(m) },
      ...{ a: views.f64(n), F: views.f64(n), b: views.f64(m), G: views.f64(m) },
    }))
    this.#problem = problem
    ;({ kernels: this.#kernels, block: this.#block, scratch: this.#scratch, part: this.#part, z: this.#z } = space)
    ;({ a: this.a, F: this.#F, b: this.b, G: this.#G } = space)
    this.a.set(problem.a)
    this.b.set(problem.b)
    this.r = new Float64Array(n)
    this.c = new Float64Array(m)
  }

  setPotentials({ f, g }: { f: Float64Array; g: Float64Array }, epsilon: number): void {
    for (let i = 0; i < f.length; i++) this.#F[i] = f[i] + epsilon * log(this.a[i])
    for (let j = 0; j < g.length; j++) this.#G[j] = g[j] + epsilon * log(this.b[j])
    this.#epsilon = epsilon
  }

  evaluate(): void {
    this.#fresh = true
  }

  /** Columns by the last sums, then rows and the new column sums in one pass: one exponential an entry. */
  sinkhorn(): number {
    const { b } = this
    const [G, z] = [this.#G, this.#z]
    const m = b.length
    if (!this.#fresh) for (let j = 0; j < m; j++) G[j] += this.#epsilon * log(b[j] / z[j])
    this.#fresh = false
    z.fill(0)
    this.#eachBlock((from, rows) => {
      const [F, a] = [this.#F, this.a].map((v) => v.subarray(from, from + rows)) as [Float64Array, Float64Array]
      this.#kernels.sinkhornRow(rows, m, this.#block, m, a, F, G, this.#epsilon, this.#part, this.#scratch)
      for (let j = 0; j < m; j++) z[j] += this.#part[j]
      for (let i = 0; i < rows; i++) if (F[i] === -Infinity) F[i] = this.#lightRow(i, a[i])
    })
    for (let j = 0; j < m; j++) if (!(z[j] > 1e-300)) z[j] = this.#underflowed(j)
    let error = 0
    for (let j = 0; j < m; j++) error += Math.abs(z[j] - b[j])
    return error
  }

  /** The potential of a row in the block whose mass is so small that mass / sum underflowed; it adds nothing to the sums. */
  #lightRow(i: number, mass: number): number {
    const { length } = this.b
    const exponents = this.#G.map((g, j) => (g - this.#block[i * length + j]) / this.#epsilon)
    return this.#epsilon * (log(mass) - logSumExp(exponents))
  }

  /** A column whose sum underflowed: its potential is raised until the sum is what a soft-min in the log domain says. */
  #underflowed(j: number): number {
    const row = new Float64Array(this.b.length)
    const exponents = new Float64Array(this.a.length)
    for (let i = 0; i < exponents.length; i++) {
      writeCost(this.#problem, row, row.length, i, i + 1)
      exponents[i] = (this.#F[i] - row[j]) / this.#epsilon
    }
    this.#G[j] = this.#epsilon * (log(this.b[j]) - logSumExp(exponents))
    return this.b[j]
  }

  #eachBlock(work: (from: number, rows: number) => void): void {
    const n = this.a.length
    for (let from = 0; from < n; from += BLOCK) {
      const rows = Math.min(BLOCK, n - from)
      writeCost(this.#problem, this.#block, this.b.length, from, from + rows)
      work(from, rows)
    }
  }

  /** The marginals and the cost of the plan as it stands. */
  absorb(): void {
    const m = this.b.length
    this.#cost = 0
    this.c.fill(0)
    this.#eachBlock((from, rows) => {
      for (let i = 0; i < rows; i++) {
        let sum = 0
        for (let j = 0; j < m; j++) {
          const cost = this.#block[i * m + j]
          const p = exp((this.#F[from + i] + this.#G[j] - cost) / this.#epsilon)
          sum += p
          this.c[j] += p
          this.#cost += p * cost
        }
        this.r[from + i] = sum
      }
    })
  }

  read(): PlanReadout {
    const epsilon = this.#epsilon
    return {
      f: Float64Array.from(this.a, (mass, i) => this.#F[i] - epsilon * log(mass)),
      g: Float64Array.from(this.b, (mass, j) => this.#G[j] - epsilon * log(mass)),
      ...{ r: this.r, c: this.c, cost: this.#cost },
    }
  }
}

function logSumExp(exponents: Float64Array): number {
  const high = exponents.reduce((h, x) => Math.max(h, x), -Infinity)
  return high + log(exponents.reduce((s, x) => s + exp(x - high), 0))
}
