import { oneOf, type Random, type RandomState, refuse } from '@opt/core'
import { ROLES, type Role } from './head.ts'

/** How a {@link LoraHead} begins. */
export interface LoraHeadOptions {
  /** The rank of new adapters, at most min(d, h). Default 4, or less where a weight is smaller. */
  rank?: number | undefined
  /** The weights that get new adapters when the head has none: A normal with variance 1 / h, B zero. Default Q and V. */
  adapt?: readonly Role[] | undefined
  /** Draws new adapters and the samples of each step: a generator, or a seed. Default 0. */
  random?: Random | number | undefined
}

/** A saved {@link LoraHead}, without the frozen weights: plain JSON. */
export interface SavedLoraHead {
  /** Base64 of the parameters. */
  readonly parameters: string
  /** Calls of `gradients` so far, and the rung of 'auto'. */
  readonly calls: number
  readonly level: number
  readonly random: RandomState
}

/** Returns the weights that get adapters, in the order of the parameters. */
export function readRoles(adapt: readonly Role[] = ['Q', 'V']): readonly Role[] {
  if (!Array.isArray(adapt) || adapt.length === 0)
    refuse('options.adapt', "an array of 'Q', 'K' and 'V'", String(adapt), 'type')
  adapt.forEach((role, i) => {
    oneOf(role, `options.adapt[${i}]`, ROLES)
  })
  return ROLES.filter((role) => adapt.includes(role))
}
