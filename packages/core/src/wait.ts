/** What a generator yields to wait for a promise; see {@link wait}. */
export class Wait {
  readonly promise: PromiseLike<unknown>
  constructor(promise: PromiseLike<unknown>) {
    this.promise = promise
  }
}

/**
 * Inside a solver's generator, the value of something that may come later, from a device for one:
 *
 * ```ts
 * const error = yield* wait(plan.sinkhorn())
 * ```
 *
 * A value that is no promise is given back at once. A promise needs `solver.async`: called at once or by `steps`, the solver throws
 * a TypeError that says so (which the generator may catch, to do without the device).
 */
export function* wait<V>(value: V | PromiseLike<V>): Generator<never, V, unknown> {
  if (typeof (value as PromiseLike<V> | null)?.then !== 'function') return value as V
  return (yield new Wait(value as PromiseLike<V>) as never) as V
}
