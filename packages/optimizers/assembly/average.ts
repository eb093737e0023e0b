import { mulAdd } from '../../core/assembly/simd'

/** One vector of a running average: stores and returns decay a + rest x. */
// @ts-ignore: decorator
@inline
export function averageAt<T>(a: usize, decay: v128, rest: v128, x: v128): v128 {
  const next = mulAdd<T>(decay, v128.load(a), v128.mul<T>(rest, x))
  v128.store(a, next)
  return next
}

/** {@link averageAt} of one entry. */
// @ts-ignore: decorator
@inline
export function averageOne<T>(a: usize, decay: T, rest: T, x: T): T {
  const next = decay * load<T>(a) + rest * x
  store<T>(a, next)
  return next
}
