import { wait } from '@opt/core'

/** Yields a value that is a promise, to whoever waits for it, and returns what it settles to. */
export function* ask<V>(value: V | PromiseLike<V>): Generator<PromiseLike<unknown>, V, unknown> {
  return isPromise(value) ? ((yield value) as V) : value
}

export const isPromise = <V>(value: V | PromiseLike<V>): value is PromiseLike<V> =>
  typeof (value as PromiseLike<V> | null)?.then === 'function'

/** Runs a generator that asks for promises to its end. */
export async function waitFor<T>(run: Generator<PromiseLike<unknown>, T, unknown>): Promise<T> {
  let next = run.next()
  while (!next.done) {
    next = await next.value.then(
      (value) => run.next(value),
      (error) => run.throw(error),
    )
  }
  return next.value
}

/** Runs a generator that must not ask for a promise. */
export function atOnce<T>(run: Generator<PromiseLike<unknown>, T, unknown>, refusal: string): T {
  const next = run.next()
  if (next.done) return next.value
  next.value.then(undefined, () => {})
  run.return(undefined as never)
  throw new TypeError(refusal)
}

/** Runs a generator that asks for promises inside a solver, whose driver waits for them. */
export function* inSolver<T>(run: Generator<PromiseLike<unknown>, T, unknown>): Generator<never, T, unknown> {
  let next = run.next()
  while (!next.done) next = run.next(yield* wait(next.value))
  return next.value
}
