/** Yielded by a solver's generator to wait for a promise; see {@link wait}. */
export class Wait {
  readonly promise: PromiseLike<unknown>
  constructor(promise: PromiseLike<unknown>) {
    this.promise = promise
  }
}

/**
 * Waits, inside a solver's generator, for a value that may be a promise, such as one computed on a device:
 *
 * ```ts
 * const error = yield* wait(plan.sinkhorn())
 * ```
 *
 * Returns a value that is no promise immediately. A promise needs `solver.async`: called synchronously or by
 * `steps`, the solver throws a TypeError that says so (which the generator may catch, to work without the
 * device).
 */
export function* wait<V>(value: V | PromiseLike<V>): Generator<never, V, unknown> {
  if (typeof (value as PromiseLike<V> | null)?.then !== 'function') return value as V
  return (yield new Wait(value as PromiseLike<V>) as never) as V
}
