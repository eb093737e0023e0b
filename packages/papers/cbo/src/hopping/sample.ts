import { allocate, type Random } from '@opt/core'
import type { Evaluation } from '../cloud/evaluation.ts'
import { Draws, type NormalSource } from '../cloud/normals.ts'
import type { Projector } from '../cloud/project.ts'
import { average, smallest, weigh } from '../consensus.ts'
import { kernels } from '../kernels.ts'

/** Points drawn about a centre, and their consensus. */
export class Sample {
  readonly N: number
  readonly d: number
  readonly points: Float64Array[]
  readonly values: Float64Array
  readonly weights: Float64Array
  readonly draws: Draws
  effectiveSampleSize: number = 0
  freeEnergy: number = Infinity
  readonly #X: Float64Array

  constructor(
    N: number,
    d: number,
    source: number | Random | NormalSource,
    state: ConstructorParameters<typeof Draws>[1],
  ) {
    const { kernels: loops, ...generator } = allocate([kernels], (views) => ({
      Z: views.f64(N * d),
      words: views.i32(4),
      spare: views.f64(2),
    }))
    this.N = N
    this.d = d
    this.#X = new Float64Array(N * d)
    this.points = Array.from({ length: N }, (_, i) => this.#X.slice(i * d, (i + 1) * d))
    this.values = new Float64Array(N)
    this.weights = new Float64Array(N)
    this.draws = new Draws(source, state, loops.normals, generator)
  }

  /** Draws x + width xi_i. */
  draw(x: Float64Array, width: number, project: Projector | undefined): void {
    const { N, d, points } = this
    const Z = this.draws.normals(N * d)
    const X = this.#X
    for (let i = 0; i < N; i++) {
      const point = points[i]
      for (let j = 0; j < d; j++) point[j] = x[j] + width * Z[i * d + j]
      project?.(point)
      // A copy: what f does to its argument must not count.
      for (let j = 0; j < d; j++) X[i * d + j] = point[j]
    }
  }

  /**
   * Evaluates the points and writes their consensus; where none has a value, `out` stays as it is.
   *
   * @returns whether they were evaluated; not if the run was aborted meanwhile.
   */
  *agree(evaluation: Evaluation, step: number, alpha: number, out: Float64Array): Generator<never, boolean, unknown> {
    const { N, d, points, values, weights } = this
    if (!(yield* evaluation.at(points, N, step, values))) return false
    this.effectiveSampleSize = 0
    this.freeEnergy = Infinity
    if (smallest(values, N) === Infinity) return true
    Object.assign(this, weigh(values, N, alpha, weights))
    average(N, d, undefined, this.#X, weights, out)
    return true
  }

  /** Returns a copy of the point with the smallest value. */
  best(): { best: Float64Array; bestValue: number } {
    const i = this.values.indexOf(smallest(this.values, this.N))
    return { best: this.#X.slice(i * this.d, (i + 1) * this.d), bestValue: this.values[i] }
  }
}
