import { callback, number, options, refuse, show, type VectorLike, vector } from '@opt/core'
import type { Points } from '../lagrangian/types.ts'
import { evaluate, massesOf, parityOf, TrigSum, trusted } from '../sums/trig-sum.ts'
import type { Condition } from '../theory/conditioning.ts'
import { denseSum, GridBasis } from './basis.ts'

/** A function of a point of d coordinates. */
export type PointFunction = (x: number[]) => number

/** Known boundary data: u is the lift plus a function with zero data. */
export interface Lift {
  value: PointFunction
  /** Returns the d entries of the gradient. */
  gradient: (x: number[]) => ArrayLike<number>
}

/** A right-hand side: a function of a point, a sum, or values at the midpoints of the grid, first axis slowest. */
export type Forcing = PointFunction | TrigSum | VectorLike

/** Makes a sum of values at the midpoints; checks that a sum has the parity of the boundary. */
export function forcing(
  f: Forcing,
  boundary: readonly Condition[],
  modes: number,
  grid: number,
): PointFunction | TrigSum {
  if (typeof f === 'function') return f
  if (typeof f !== 'object' || f === null) refuse('f', 'a function of a point, a TrigSum or values', show(f), 'type')
  const parity = parityOf(boundary)
  if (f instanceof TrigSum) {
    if (f.parity.join() !== parity.join()) refuse('f', `of parity ${parity} like the boundary`, `${f.parity}`)
    return f
  }
  const basis = new GridBasis(boundary, modes, grid)
  basis.values.set(vector(f, 'f', { length: basis.count }))
  const means = new Float64Array(basis.size)
  basis.analyse(means)
  const sum = denseSum(basis, boundary, means)
  const masses = massesOf(sum)
  return trusted(
    parity,
    sum.frequencies,
    means.map((mean, t) => mean / masses[t]),
  )
}

type Places = Pick<Points, 'n' | 'x'>

/** The points as the rows of an n x d matrix. */
function flat({ n, x }: Places): Float64Array {
  const d = x.length
  const out = new Float64Array(n * d)
  for (let j = 0; j < d; j++) for (let i = 0; i < n; i++) out[i * d + j] = x[j][i]
  return out
}

const words = (x: number[]) => `[${x.map((v) => Number(v.toPrecision(4)))}]`

/** Returns the values of a function, or of a sum, at points. */
export function sample(f: PointFunction | TrigSum, places: Places, label: string): Float64Array {
  if (f instanceof TrigSum) {
    if (f.dimension !== places.x.length) refuse(label, `of dimension ${places.x.length}`, `dimension ${f.dimension}`)
    return evaluate(f, flat(places), places.n)
  }
  callback(f, label)
  return Float64Array.from({ length: places.n }, (_, i) => {
    const x = places.x.map((xj) => xj[i])
    return number(f([...x]), `${label}(${words(x)})`)
  })
}

/** Returns the values of a lift and of its gradient at points. */
export function sampleLift(lift: Lift, places: Places): { u: Float64Array; p: Float64Array[] } {
  const { value, gradient } = options(lift, 'lift', ['value', 'gradient'])
  callback(gradient, 'lift.gradient')
  const d = places.x.length
  const p = places.x.map(() => new Float64Array(places.n))
  for (let i = 0; i < places.n; i++) {
    const x = places.x.map((xj) => xj[i])
    const row = gradient([...x])
    if (row?.length !== d) refuse(`lift.gradient(${words(x)})`, `an array of length ${d}`, show(row), 'type')
    for (let j = 0; j < d; j++) p[j][i] = number(row[j], `lift.gradient(${words(x)})[${j}]`)
  }
  return { u: sample(value, places, 'lift.value'), p }
}
