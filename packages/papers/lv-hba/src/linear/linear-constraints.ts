import type { Constraints } from '@opt/bilevel'
import {
  boolean,
  type MatrixLike,
  matrix,
  options as optionsOf,
  refuse,
  show,
  type VectorLike,
  vector,
} from '@opt/core'
import { NearestPoint } from './nearest-point.ts'
import { Rows } from './rows.ts'

/** Linear constraints of both levels' variables: Gx x + Gy y <= h. */
export interface LinearConstraintParts {
  /** Constraints x upper variables. */
  Gx: MatrixLike
  /** Constraints x lower variables. */
  Gy: MatrixLike
  /** One number for each constraint. */
  h: VectorLike
  /** Which constraints are equations. Default none. */
  equality?: readonly boolean[] | undefined
}

/** What {@link linearConstraints} adds to a problem. */
export interface LinearConstraints {
  readonly constraints: Constraints
  projectJoint(x: Float64Array, y: Float64Array): void
  /** s, the factor of the constraints: their multipliers are those of s g. */
  readonly scale: number
}

/**
 * Makes the constraints g = s (Gx x + Gy y - h) <= 0 (or = 0) of a bilevel problem, scaled by s = 1 / |Gy|_2, and the
 * projection onto all (x, y) that satisfy them, exact by an active-set method. Bounds of single variables of the upper
 * level are rows of Gx with zeros in Gy.
 *
 * @returns parts to spread into a problem; `projectJoint` throws a RangeError where no point satisfies all constraints.
 * @throws TypeError or RangeError when an argument is wrong or a row is zero.
 */
export function linearConstraints(given: LinearConstraintParts): LinearConstraints {
  const name = 'linearConstraints: '
  const parts = optionsOf(given, `${name}parts`, ['Gx', 'Gy', 'h', 'equality'])
  const Gx = matrix(parts.Gx, `${name}Gx`)
  const [l, n] = Gx.shape as [number, number]
  const Gy = matrix(parts.Gy, `${name}Gy`, { rows: l })
  const m = Gy.shape[1]
  const h = vector(parts.h, `${name}h`, { length: l }).slice()
  const { equality } = parts
  if (equality !== undefined) {
    if (!Array.isArray(equality) || equality.length !== l)
      refuse(`${name}equality`, `an array of length ${l}`, show(equality), 'type')
    for (const [i, value] of equality.entries()) boolean(value, `${name}equality[${i}]`)
  }
  const equations = Array.from({ length: l }, (_, i) => equality?.[i] ?? false)
  const rows = Array.from({ length: l }, (_, i) => {
    const row = new Float64Array(n + m)
    row.set(Gx.data.subarray(i * n, (i + 1) * n))
    row.set(Gy.data.subarray(i * m, (i + 1) * m), n)
    const largest = row.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
    if (!(largest > 1e-100 && largest < 1e100))
      refuse(`${name}row ${i} of Gx and Gy`, 'of a largest entry between 1e-100 and 1e100', show(largest))
    return row
  })
  const norm = Math.sqrt(new Rows(Gy.data, l, m).squaredNorm())
  const scale = norm > 0 ? 1 / norm : 1
  const nearest = new NearestPoint(rows, h, equations)
  const p = new Float64Array(n + m)
  return {
    scale,
    constraints: {
      count: l,
      equality: equations,
      value(x, y, out) {
        for (let i = 0; i < l; i++) {
          let sum = -h[i]
          for (let j = 0; j < n; j++) sum += rows[i][j] * x[j]
          for (let j = 0; j < m; j++) sum += rows[i][n + j] * y[j]
          out[i] = scale * sum
        }
      },
      transposed(_x, _y, multipliers, gx, gy) {
        gx.fill(0)
        gy.fill(0)
        for (let i = 0; i < l; i++) {
          const factor = scale * multipliers[i]
          if (factor === 0) continue
          for (let j = 0; j < n; j++) gx[j] += factor * rows[i][j]
          for (let j = 0; j < m; j++) gy[j] += factor * rows[i][n + j]
        }
      },
    },
    projectJoint(x, y) {
      p.set(x)
      p.set(y, n)
      // A point that is not finite stays as it is.
      for (let j = 0; j < p.length; j++) if (!(Math.abs(p[j]) < Infinity)) return
      if (!nearest.project(p))
        throw new RangeError('linearConstraints: projectJoint: no point satisfies all constraints')
      x.set(p.subarray(0, n))
      y.set(p.subarray(n))
    },
  }
}
