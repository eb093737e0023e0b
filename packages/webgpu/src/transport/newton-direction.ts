import type { Device } from '../device.ts'
import type { GPUArray } from '../pool.ts'
import { THREADS } from '../program.ts'
import {
  advance,
  begin,
  complement,
  curvature,
  divide,
  eliminate,
  invert,
  judge,
  measure,
  reciprocal,
  Scalar,
  substitute,
  turn,
} from './conjugate.ts'
import type { Side, Sides } from './sides.ts'

/** Multiplies with P or the entries kept of it, or with their squares. */
export type Multiply = (side: Side, x: GPUArray, y: GPUArray, square?: boolean) => void

/** Iterations between two looks at the residual. */
const BATCH = 8
const AT_MOST = 1000

/**
 * Newton's direction of the transport potential, by conjugate gradients on the Schur complement of the smaller side, all on the device:
 *
 *     1/epsilon [diag(r)  A; A'  diag(c)] (dx, dy) = (a - r, b - c)
 *
 * Scalars stay there too; `state[0]` makes what follows the last iteration do nothing.
 */
export async function newtonDirection(
  device: Device,
  sides: Sides,
  multiply: Multiply,
  epsilon: number,
  tolerance: number,
  state: GPUArray,
): Promise<number> {
  const [small, large]: [Side, Side] =
    sides.rows.length <= sides.columns.length ? ['rows', 'columns'] : ['columns', 'rows']
  const [s, l] = [sides[small], sides[large]]
  const own = Array.from({ length: 6 }, () => device.array(s.length))
  const [r, z, d, q, M, squares] = own
  const big = device.array(l.length)
  const scalars = device.array(Scalar.length)
  const each = (length: number) => Math.ceil(length / THREADS)
  device.clear(state)

  device.run(reciprocal, [l.marginal, big], [l.length], each(l.length))
  multiply(small, big, squares, true)
  device.run(invert, [s.marginal, squares, M], [s.length], each(s.length))
  device.run(eliminate, [l.mass, l.marginal, big], [l.length], each(l.length))
  multiply(small, big, q)
  const x = s.direction
  device.run(begin, [s.mass, s.marginal, q, M, x, r, z, d], [s.length, epsilon], each(s.length))
  device.run(measure, [r, z, scalars, state], [s.length], 1)

  let done = 0
  for (let k = 0; k < AT_MOST; k += BATCH) {
    for (let i = 0; i < BATCH; i++) {
      multiply(large, d, big)
      device.run(divide, [l.marginal, state, big], [l.length], each(l.length))
      multiply(small, big, q)
      device.run(complement, [s.marginal, d, state, q], [s.length], each(s.length))
      device.run(curvature, [d, q, scalars, state], [s.length], 1)
      device.run(advance, [d, q, M, scalars, state, x, r, z], [s.length], each(s.length))
      device.run(judge, [r, z, scalars, state], [s.length, tolerance], 1)
      device.run(turn, [z, scalars, state, d], [s.length], each(s.length))
    }
    const [numbers, stopped] = await device.read(scalars, state)
    done = new Float32Array(numbers)[Scalar.iterations]
    if (new Uint32Array(stopped)[0] !== 0) break
  }
  device.clear(state)
  multiply(large, x, big)
  device.run(substitute, [l.mass, l.marginal, big, l.direction], [l.length, epsilon], each(l.length))
  for (const array of [...own, big, scalars]) array.free()
  return done
}
