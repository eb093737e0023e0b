import {
  type LagrangianName,
  type LagrangianParameters,
  lagrangian,
  type NamedLagrangian,
} from '../lagrangian/lagrangian.ts'
import { parityOf, TrigSum } from '../sums/trig-sum.ts'
import type { Condition } from '../theory/conditioning.ts'

export const D = 'dirichlet'
export const N = 'neumann'

/** The boundary conditions of the rows, with modes an axis. */
export const BOXES: { name: string; boundary: Condition[]; modes: number }[] = [
  { name: 'D', boundary: [D], modes: 48 },
  { name: 'D,D', boundary: [D, D], modes: 20 },
  { name: 'D,N', boundary: [D, N], modes: 20 },
  { name: 'D,D,D', boundary: [D, D, D], modes: 10 },
]

const LAGRANGIANS: [LagrangianName, LagrangianParameters][] = [
  ['quadratic', { diffusion: 1, reaction: 20 }],
  ['log-cosh', { diffusion: 1, gradient: 1, reaction: 5 }],
  ['surface', { diffusion: 0.5, surface: 1, reaction: 0 }],
  ['quartic', { diffusion: 1, gradient: 0, reaction: 0, cubic: 5 }],
  ['poisson-boltzmann', { diffusion: 1, screening: 4 }],
]

export const lagrangians = (): NamedLagrangian[] =>
  LAGRANGIANS.map(([name, parameters]) => lagrangian(name, parameters))

/** Three modes, times a factor. */
export function threeModes(boundary: Condition[], factor = 1): TrigSum {
  const d = boundary.length
  const rows = boundary.includes(N)
    ? [
        [1, 1],
        [2, 0],
        [3, 2],
      ]
    : [new Array(d).fill(1), new Array(d).fill(2), [3, ...new Array(d - 1).fill(1)]]
  return new TrigSum(parityOf(boundary), rows, [10 * factor, 5 * factor, -8 * factor])
}

/** Cosines along each axis and products of neighbours, in any dimension. */
export function ring(d: number): TrigSum {
  const rows: number[][] = []
  const coefficients: number[] = []
  for (let j = 0; j < d; j++) {
    const one = new Array(d).fill(0)
    one[j] = 1
    const two = [...one]
    two[(j + 1) % d] = 1
    rows.push(one, two)
    coefficients.push((j % 2 === 0 ? 3 : -3) / Math.sqrt(d), 2 / Math.sqrt(d))
  }
  return new TrigSum(new Array(d).fill('cos'), rows, coefficients)
}

/** The lowest sine of all axes, and that with a frequency of 2 on one of them. */
export function sines(d: number): TrigSum {
  const rows = Array.from({ length: d + 1 }, (_, k) => Array.from({ length: d }, (_, j) => (j === k ? 2 : 1)))
  return new TrigSum(
    new Array(d).fill('sin'),
    rows,
    rows.map((_, k) => (k % 2 === 0 ? 30 : -20)),
  )
}

export const ringLagrangian = (): NamedLagrangian =>
  lagrangian('quartic', { diffusion: 1, gradient: 0, reaction: 1, cubic: 2 })

/** A number of a table. */
export const short = (value: number): string =>
  Math.abs(value) >= 0.01 && Math.abs(value) < 1e4 ? String(Number(value.toPrecision(3))) : value.toExponential(1)
