import { callback, number } from '@opt/core'
import type { Condition } from '../theory/conditioning.ts'
import { type GridBasis, midpoints, power } from './basis.ts'

/**
 * The prescribed L_p . n (n the outward normal) at a point of a Neumann face; `axis` is that of the face, where x[axis] is
 * 0 or 1.
 */
export type Flux = (x: number[], axis: number) => number

/** The flux at a point of a face, checked. */
function at(flux: Flux, x: number[], axis: number, side: number): number {
  const place = x.map((value, j) => (j === axis ? side : value))
  return number(flux([...place], axis), `flux([${place.map((v) => Number(v.toPrecision(4)))}], ${axis})`)
}

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
        const x: number[] = new Array(d).fill(side)
        let rest = i
        for (const j of others.toReversed()) {
          x[j] = axis[rest % grid]
          rest = Math.floor(rest / grid)
        }
        return at(flux, x, face, side)
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

/**
 * Subtracts from `values` and `fields` of a basis what stands for the flux: with q0 and q1 on the two faces of an axis, the
 * integral of flux phi over them is that of (q0 + q1) phi + (q1 x - q0 (1 - x)) d phi / dx over the box.
 */
export function subtractFlux(flux: Flux, boundary: readonly Condition[], basis: GridBasis): void {
  const { grid, dimension: d, count, values, fields } = basis
  const { x } = basis.at
  for (const [axis, condition] of boundary.entries()) {
    if (condition !== 'neumann') continue
    const step = power(grid, d - 1 - axis)
    const end = grid * step
    for (let i = 0; i < count; i++) {
      if (i % end >= step) continue
      const place = x.map((xj) => xj[i])
      const [q0, q1] = [at(flux, place, axis, 0), at(flux, place, axis, 1)]
      for (let k = i; k < i + end; k += step) {
        values[k] -= q0 + q1
        fields[axis][k] -= q1 * x[axis][k] - q0 * (1 - x[axis][k])
      }
    }
  }
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
