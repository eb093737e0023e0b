import { number, refuse, show, wait } from '@opt/core'
import { orInfinity } from '../consensus.ts'

/** A number, now or later. */
export type Value = number | PromiseLike<number>

/** All points at once: for objectives that are evaluated on several cores or machines. */
export interface BatchObjective {
  /**
   * Returns f at each point, in their order.
   *
   * @param points arrays that stay as they are until the answer is in.
   * @param step the number of moves of the cloud so far.
   * @param signal the run's, if it has one.
   */
  batch(
    points: Float64Array[],
    step: number,
    signal: AbortSignal | undefined,
  ): ArrayLike<number> | PromiseLike<ArrayLike<number>>
}

/**
 * What is to be minimised: f(x, step), or all points at once. NaN and Infinity mean worse than everything. With
 * promises, call `.async`; those of one step are asked for side by side.
 */
export type Objective = ((x: Float64Array, step: number) => Value) | BatchObjective

const isPromise = <T>(value: T | PromiseLike<T>): value is PromiseLike<T> =>
  typeof (value as PromiseLike<T> | null)?.then === 'function'

/** Evaluates points of d numbers; the order of the values is that of the points, whoever answers first. */
export class Evaluation {
  /** Evaluations so far. */
  count: number = 0
  readonly #f: Objective
  readonly #signal: AbortSignal | undefined

  constructor(f: Objective, signal: AbortSignal | undefined) {
    if (typeof f !== 'function' && typeof f?.batch !== 'function')
      refuse('f', 'a function or an object with batch()', show(f), 'type')
    this.#f = f
    this.#signal = signal
  }

  /**
   * Writes f at the first n points; NaN becomes Infinity.
   *
   * @returns whether that was done; not if the run was aborted while it waited.
   */
  *at(points: Float64Array[], n: number, step: number, values: Float64Array): Generator<never, boolean, unknown> {
    const pending =
      typeof this.#f === 'function' ? this.#each(this.#f, points, n, step, values) : this.#all(points, n, step)
    if (pending !== undefined) {
      let answers: ArrayLike<number>
      try {
        answers = yield* wait(pending)
      } catch (error) {
        if (this.#signal?.aborted) return false
        throw error
      }
      if (typeof answers !== 'object' || answers === null || answers.length !== n)
        refuse('f.batch(points)', `of length ${n}`, show((answers as ArrayLike<number> | null)?.length))
      for (let k = 0; k < n; k++) values[k] = checked(answers[k], k)
    }
    this.count += n
    return true
  }

  /** Writes the values, or returns promises of them. */
  #each(
    f: (x: Float64Array, step: number) => Value,
    points: Float64Array[],
    n: number,
    step: number,
    values: Float64Array,
  ): PromiseLike<number[]> | undefined {
    for (let k = 0; k < n; k++) {
      const value = f(points[k], step)
      if (isPromise(value)) return restOf(f, points, n, step, values, k, value)
      values[k] = checked(value, k)
    }
    return undefined
  }

  #all(points: Float64Array[], n: number, step: number): ArrayLike<number> | PromiseLike<ArrayLike<number>> {
    return (this.#f as BatchObjective).batch(points.slice(0, n), step, this.#signal)
  }
}

/** Asks for the values from k on, whose promise is there already. */
async function restOf(
  f: (x: Float64Array, step: number) => Value,
  points: Float64Array[],
  n: number,
  step: number,
  values: Float64Array,
  k: number,
  value: PromiseLike<number>,
): Promise<number[]> {
  const asked: Value[] = [...values.subarray(0, k), value]
  // What is thrown meanwhile rejects: no promise stays behind unobserved.
  for (let i = k + 1; i < n; i++) asked.push(attempt(() => f(points[i], step)))
  return Promise.all(asked)
}

function attempt(call: () => Value): Value {
  try {
    return call()
  } catch (error) {
    return Promise.reject(error)
  }
}

const checked = (value: unknown, k: number): number =>
  typeof value === 'number' ? orInfinity(value) : number(value, `f(x), at point ${k},`)
