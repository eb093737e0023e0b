import { callback, number } from '@opt/core'
import type { Condition } from '../theory/conditioning.ts'
import { type GridBasis, midpoints, power } from './basis.ts'

/**
 * The prescribed L_p . n (n the outward normal) at a point of a Neumann face; `axis` is that of the face, where x[axis] is
 * 0 or 1.
 */
export type Flux = (x: number[], axis: number) => number

/** The integral of flux phi over all Neumann faces, for each mode phi, by midpoints. */
export function fluxLoad(flux: Flux, boundary: readonly Condition[], basis: GridBasis): Float64Array {
  callback(flux, 'flux')
  const d = boundary.length
  const { modes, grid, size } = basis
  const load = new Float64Array(size)
  const axis = midpoints(grid)
  for (const [face, condition] of boundary.entries()) {
    if (condition !== 'neumann') continue
    for (const side of [0, 1]) {
      // Values on the face, an array over the other axes in order; each contraction moves the last axis to the front.
      const others = boundary.map((_, j) => j).filter((j) => j !== face)
      const count = power(grid, d - 1)
      let values: Float64Array = Float64Array.from({ length: count }, (_, i) => {
        const x: number[] = new Array(d)
        x[face] = side
        let rest = i
        for (const j of others.toReversed()) {
          x[j] = axis[rest % grid]
          rest = Math.floor(rest / grid)
        }
        return number(flux([...x], face), `flux([${x.map((v) => Number(v.toPrecision(4)))}], ${face})`)
      })
      for (const j of others.toReversed()) values = inModes(values, basis, j)
      const inner = power(modes, d - 1 - face)
      for (let t = 0; t < size; t++) {
        const w = Math.floor(t / inner) % modes
        const place = Math.floor(t / (inner * modes)) * inner + (t % inner)
        load[t] += (side === 1 && w % 2 === 1 ? -1 : 1) * values[place]
      }
    }
  }
  return load
}

/** The means of values times the functions of an axis, the last one, which moves to the front. */
function inModes(values: Float64Array, basis: GridBasis, axis: number): Float64Array {
  const { modes, grid } = basis
  const { data, stride } = basis.table(axis)
  const rows = values.length / grid
  const out = new Float64Array(modes * rows)
  for (let k = 0; k < modes; k++)
    for (let r = 0; r < rows; r++) {
      let sum = 0
      for (let i = 0; i < grid; i++) sum += data[k * stride + i] * values[r * grid + i]
      out[k * rows + r] = sum / grid
    }
  return out
}
