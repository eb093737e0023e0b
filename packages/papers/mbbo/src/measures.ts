import { hypergradient, solveLower } from '@opt/bilevel'
import { calling, type MatrixLike, matrixCopy, nrm2, refuse, show, type VectorLike, vectorCopy } from '@opt/core'
import { rowsOf } from './msvr.ts'
import { type Block, type Blocks, blocksOf } from './problem.ts'

/** Exact figures of an iterate, on all data. */
export interface Measures {
  /** Phi(x), the mean of F_i(x, y_i(x)). */
  phi: number
  /** Length of the gradient of Phi; Infinity where a lower level or an adjoint system could not be solved. All are Infinity where g_i overflows. */
  gradientNorm: number
  /** Root mean square over blocks of |y_i - y_i(x)|. */
  tracking: number
}

/** Answer of {@link measure}. */
export interface ExactMeasures extends Measures {
  /** The gradient of Phi. */
  gradient: Float64Array
  /** y_0(x), y_1(x), ... */
  solutions: Float64Array[]
}

/**
 * Solves the lower level of each block and its adjoint system, on all data, and returns Phi(x), its gradient, and how far
 * the y_i are from the solutions. Costs a Newton solve for each block: for small problems, and now and then.
 *
 * @param x upper variables; not changed.
 * @param y m rows, where the solves start; not changed.
 * @throws TypeError or RangeError when an argument is wrong.
 */
export function measure(problem: Blocks, x: VectorLike, y: MatrixLike): ExactMeasures {
  return calling('measure', () => {
    const blocks = blocksOf(problem)
    const rows = rowsOf(matrixCopy(y, 'y', { rows: blocks.length }).data, blocks.length)
    const exact = new Measure(blocks)
    const measures = exact.at(vectorCopy(x, 'x'), rows)
    return { ...measures, gradient: exact.gradient, solutions: exact.solutions! }
  })
}

/** Solves blocks, each time from the last solutions. */
export class Measure {
  readonly #blocks: Block[]
  readonly #adjoints: Float64Array[] = []
  solutions: Float64Array[] | undefined
  gradient: Float64Array

  constructor(blocks: Block[]) {
    this.#blocks = blocks
    this.gradient = new Float64Array(0)
  }

  at(x: Float64Array, y: Float64Array[]): Measures {
    const options = { tolerance: 1e-10, history: false }
    const m = this.#blocks.length
    const from = this.solutions ?? y
    const gradient = new Float64Array(x.length)
    let [phi, squares, solved] = [0, 0, true]
    const values = this.#blocks.map((block, i) => block.lower.value(x, from[i]))
    if (values.includes(Infinity) || values.includes(-Infinity))
      return { phi: Infinity, gradientNorm: Infinity, tracking: Infinity }
    this.solutions = this.#blocks.map((block, i) => {
      const solution = solveLower(block.lower as never, x, from[i], options)
      const found = hypergradient(block as never, x, solution.y, { ...options, adjoint: this.#adjoints[i] })
      this.#adjoints[i] = found.adjoint
      solved &&= solution.status === 'converged' && found.status === 'converged'
      phi += numberOf(block.upper.value(x, solution.y), `problem[${i}].upper.value`) / m
      for (let j = 0; j < x.length; j++) gradient[j] += found.gradient[j] / m
      const distance = nrm2(y[i].map((value, j) => value - solution.y[j]))
      squares += (distance * distance) / m
      return solution.y
    })
    this.gradient = gradient
    return { phi, gradientNorm: solved ? nrm2(gradient) : Infinity, tracking: Math.sqrt(squares) }
  }
}

function numberOf(value: unknown, label: string): number {
  if (typeof value !== 'number') refuse(label, 'a function that returns a number', show(value), 'type')
  return value
}
