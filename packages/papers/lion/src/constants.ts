import { number, options, refuse, show, type VectorLike, vector } from '@opt/core'
import { takeKernel } from './answers.ts'
import type { Kernel } from './kernel.ts'

/** The constants of a run of Lion-K. */
export interface LionConstants {
  kernel: Kernel
  learningRate: number
  /** Default 0.9. */
  beta1?: number | undefined
  /** Default 0.99. */
  beta2?: number | undefined
  /** lambda > 0. */
  weightDecay: number
}

/** A differentiable f on flat vectors; those of @opt/nn fit. */
export interface Objective {
  value(x: Float64Array): number
  /** Writes the gradient at x into `out`. */
  gradient(x: Float64Array, out: Float64Array): unknown
}

/** Checks the constants of the discrete theory, which needs beta1 < beta2. */
export function takeConstants(
  caller: string,
  constants: LionConstants,
): Required<LionConstants> & { beta1: number; beta2: number } {
  const { learningRate, beta1 = 0.9, beta2 = 0.99, weightDecay, ...rest } = options(constants, `${caller}: constants`)
  const kernel = takeKernel(rest.kernel, `${caller}: kernel`)
  number(learningRate, `${caller}: learningRate`, { positive: true })
  number(weightDecay, `${caller}: weightDecay`, { positive: true })
  number(beta1, `${caller}: beta1`, { nonnegative: true })
  number(beta2, `${caller}: beta2`, { nonnegative: true })
  if (!(beta2 < 1)) refuse(`${caller}: beta2`, 'less than 1', show(beta2))
  if (!(beta1 < beta2)) refuse(`${caller}: beta1`, `less than beta2 = ${beta2}`, show(beta1))
  return { kernel, learningRate, beta1, beta2, weightDecay }
}

/** Takes x, m and the like: finite, of one length that suits the kernel. */
export function takeVectors<Name extends string>(
  caller: string,
  kernel: Kernel,
  given: Record<Name, VectorLike>,
): Record<Name, Float64Array> {
  let length: number | undefined
  const taken: Partial<Record<Name, Float64Array>> = {}
  for (const name of Object.keys(given) as Name[]) {
    const rule = length === undefined ? {} : { length }
    const x = vector(given[name], `${caller}: ${name}`, rule)
    if (length === undefined) kernel.check?.(x.length, `${caller}: ${name}`)
    length = x.length
    taken[name] = x
  }
  return taken as Record<Name, Float64Array>
}

/** Checks what should be an objective. */
export function checkObjective(objective: unknown, label: string): void {
  for (const method of ['value', 'gradient'] as const)
    if (typeof (objective as Partial<Objective> | undefined)?.[method] !== 'function')
      refuse(label, `an object with a function ${method}`, show(objective), 'type')
}

/** x.y, in order. */
export function inner(x: Float64Array, y: Float64Array): number {
  let sum = 0
  for (let i = 0; i < x.length; i++) sum += x[i] * y[i]
  return sum
}

/** factor x, a new vector. */
export const times = (factor: number, x: Float64Array): Float64Array => x.map((v) => factor * v)
