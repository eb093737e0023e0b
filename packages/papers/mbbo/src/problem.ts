import type { BilevelProblem, LowerLevel } from '@opt/bilevel'
import { callback, number, refuse, show } from '@opt/core'

/**
 * min over x of Phi(x) = (1/m) sum_i F_i(x, y_i(x)), y_i(x) = argmin g_i(x, .): m lower problems that share x.
 *
 * @typeParam UpperBatch what the upper levels take as batch; undefined means all data.
 * @typeParam LowerBatch the same for the lower levels.
 */
export interface MultiBlockProblem<UpperBatch = ArrayLike<number>, LowerBatch = UpperBatch> {
  /** m, the number of blocks. */
  readonly blocks: number
  /** Returns block i, 0 to m - 1: a plain object with F_i as `upper` and g_i as `lower`, which needs `hvp`. */
  block(i: number): BilevelProblem<UpperBatch, LowerBatch>
}

/** A multi-block problem, or simply the list of its blocks. */
export type Blocks = MultiBlockProblem<never, never> | readonly BilevelProblem<never, never>[]

/** A block whose lower level has products with its Hessian. */
export type Block = BilevelProblem<unknown, unknown> & { lower: Required<Pick<LowerLevel<unknown>, 'hvp'>> }

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null

/** Returns all blocks of a problem, checked. */
export function blocksOf(problem: Blocks, name = ''): Block[] {
  const label = `${name}problem`
  if (Array.isArray(problem)) {
    if (problem.length === 0) refuse(label, 'nonempty', 'an array of length 0')
    return problem.map((block, i) => checkBlock(block, `${label}[${i}]`))
  }
  if (!isObject(problem))
    refuse(label, 'an array of blocks, or an object with blocks and block(i)', show(problem), 'type')
  const { blocks } = problem as MultiBlockProblem
  number(blocks, `${label}.blocks`, { integer: true, min: 1, max: 2147483647 })
  callback((problem as MultiBlockProblem).block, `${label}.block`)
  return Array.from({ length: blocks }, (_, i) =>
    checkBlock((problem as MultiBlockProblem).block(i), `${label}.block(${i})`),
  )
}

/** Refuses what lacks a function. */
export function checkBlock(block: unknown, label: string): Block {
  if (!isObject(block)) refuse(label, 'an object with upper and lower', show(block), 'type')
  const { upper, lower } = block as Block
  if (!isObject(upper)) refuse(`${label}.upper`, 'an object with value and gradient', show(upper), 'type')
  if (!isObject(lower)) refuse(`${label}.lower`, 'an object with value, gradient and hvp', show(lower), 'type')
  callback(upper.value, `${label}.upper.value`)
  callback(upper.gradient, `${label}.upper.gradient`)
  callback(lower.value, `${label}.lower.value`)
  callback(lower.gradient, `${label}.lower.gradient`)
  callback(lower.hvp, `${label}.lower.hvp`)
  if (lower.hessian !== undefined) callback(lower.hessian, `${label}.lower.hessian`)
  return block as Block
}
