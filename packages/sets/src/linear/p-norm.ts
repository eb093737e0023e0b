import { pow } from '@opt/core'
import { largest } from './vectors.ts'

/** ||x||_p for p >= 1, scaled so that no power overflows. */
export function pNorm(x: Float64Array, p: number): number {
  const scale = largest(x)
  if (!(scale > 0 && scale < Infinity)) return scale
  let sum = 0
  if (p === 2) for (let i = 0; i < x.length; i++) sum += (x[i] / scale) * (x[i] / scale)
  else for (let i = 0; i < x.length; i++) sum += pow(Math.abs(x[i]) / scale, p)
  return scale * (p === 2 ? Math.sqrt(sum) : pow(sum, 1 / p))
}
