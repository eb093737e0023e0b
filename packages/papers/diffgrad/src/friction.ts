import { exp } from '@opt/core'
import type { Round } from '@opt/optimizers'

/** Beyond it, 1 + exp(-size) rounds to 1 in float32. */
const LIMIT = 18
/** 1.5 * 2^23 + 127: adding it rounds to a whole number, as in the kernel, which reads 2^n off the sum. */
const MAGIC = 12583039

const { fround: r } = Math
const SCALE = r(-Math.LOG2E)
/** (2^f - 1) / f on [-1/2, 1/2]: our near-minimax fit; error 2e-9 of 2^f. */
const [Q0, Q1, Q2, Q3, Q4, Q5] = [Math.LN2, 0.24022648, 0.055503324, 0.009618437, 0.0013398875, 0.00015353362].map(r)

/** Returns 1 + exp(-size) in float32, within 1.1 ulp (xi within 1.2); every operation is rounded to float32. */
export function friction32(size: number): number {
  const t = r(Math.min(LIMIT, size) * SCALE)
  const n = r(t + MAGIC) - MAGIC
  const f = t - n
  const f2 = r(f * f)
  const high = r(r(f2 * r(r(f * Q5) + Q4)) + r(r(f * Q3) + Q2))
  const q = r(r(f2 * high) + r(r(f * Q1) + Q0))
  return r(1 + r(1 + r(f * q)) / (1 << -n))
}

/** Returns diffGrad's 1 / xi = 1 + exp(-|change|), in the type that `round` rounds to. */
export const friction = (change: number, round: Round): number =>
  round === r ? friction32(Math.abs(change)) : 1 + exp(-Math.abs(change))
