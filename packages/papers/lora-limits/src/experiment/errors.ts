import { nrm2 } from '@opt/core'
import type { LoraSolution } from '../answer.ts'
import { ROLES } from '../head.ts'

/** Returns the largest relative Frobenius error over the gradients of all adapters. */
export function worstError(approximate: LoraSolution['gradients'], exact: LoraSolution['gradients']): number {
  let worst = 0
  for (const role of ROLES)
    for (const part of ['A', 'B'] as const) {
      const [x, y] = [approximate[role]?.[part].data, exact[role]?.[part].data]
      if (x && y) worst = Math.max(worst, nrm2(x.map((v, i) => v - y[i])) / nrm2(y))
    }
  return worst
}

/** Returns a number in text, with two digits. */
export const short = (x: number): string => {
  if (!Number.isFinite(x)) return '-'
  return x !== 0 && (Math.abs(x) < 0.01 || Math.abs(x) >= 1e4) ? x.toExponential(1) : String(Number(x.toPrecision(2)))
}
