import { golden } from '@opt/testing'
import ndarray, { type NdArray } from 'ndarray'

export interface GoldenCase {
  name: string
  options: {
    lr?: number
    eps?: number
    weight_decay?: number
    hessian_power?: number
    betas?: [number, number]
    spatial_average_block_size?: [number, number, number, number]
  }
  losses: number[]
  trajectory: { step: number; params: Record<string, unknown[]> }[]
}

interface Golden {
  problem: { order: string[]; shapes: Record<string, number[]>; initial: Record<string, unknown[]>; c: number[] }
  rademacher: string[]
  cases: GoldenCase[]
}

const { problem, rademacher, cases } = golden<Golden>(import.meta.url, 'adahessian.json')

export { cases }

const { order, shapes, c } = problem
export const size = c.length + 1

/** The signs of each step, in the order of the tensors. */
export const signs = rademacher.map((text) => Float64Array.from(text, (sign) => (sign === '+' ? 1 : -1)))

export const flat = (nested: unknown): number[] => [nested].flat(9) as number[]

export type Tensors = Record<string, NdArray<Float64Array>>

/** Views a flat array as the tensors of the problem. */
export function tensors(theta: Float64Array): Tensors {
  let at = 0
  return Object.fromEntries(
    order.map((name) => {
      const length = shapes[name].reduce((product, n) => product * n, 1)
      return [name, ndarray(theta.subarray(at, (at += length)), shapes[name].slice())]
    }),
  )
}

export const start = () => Float64Array.from(order.flatMap((name) => flat(problem.initial[name])))

/**
 * A chain of Rosenbrock's functions, sum of (c_i (x_(i+1) - x_i^2)^2 + (1 - x_i)^2) / 2, its gradient
 * and Hessian times z.
 */
export function evaluate(x: Float64Array, z: Float64Array) {
  const gradient = new Float64Array(size)
  const product = new Float64Array(size)
  let value = 0
  for (let i = 0; i < size - 1; i++) {
    const r = x[i + 1] - x[i] * x[i]
    value += 0.5 * (c[i] * r * r + (1 - x[i]) * (1 - x[i]))
    gradient[i] -= 2 * c[i] * x[i] * r + 1 - x[i]
    gradient[i + 1] += c[i] * r
    product[i] += (c[i] * (6 * x[i] * x[i] - 2 * x[i + 1]) + 1) * z[i] - 2 * c[i] * x[i] * z[i + 1]
    product[i + 1] += c[i] * z[i + 1] - 2 * c[i] * x[i] * z[i]
  }
  return { value, gradient, product }
}
