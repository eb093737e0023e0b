import type { KernelSet } from '@opt/core'
import type { Hyper, Settings } from './settings.ts'
import type { Bounds } from './slots/bounds.ts'

/** What makes one optimizer differ from another, but for its update. */
export interface Rules<H extends Hyper> {
  /** The name messages and saved states carry. */
  name: string
  settings: Settings<H>
  /** State arrays of a parameter under these hyper-parameters. */
  arrays(hyper: H): readonly string[]
  /** State numbers of a parameter. Default none. */
  numbers?(hyper: H): readonly string[]
  /** State arrays and numbers that are never negative, such as averages of squares: saved ones that are, are refused. Default none. */
  squares?: readonly string[]
  /** Averages, each with that of the squares of the same (an array) or its root (a number). Default none. */
  averages?: readonly (readonly [average: string, square: string])[]
  /** State numbers that count steps: whole, and no more than the parameter has taken. Default none. */
  counts?: readonly string[]
  /**
   * Bounds a step without a look at it: sets `bounds` to what they are when it is done, given those before it and this step's gradient.
   * A step whose bounds stay in range is simply taken. Default: each step is taken on trial, with a copy of all that it changes.
   */
  bound?(hyper: H, bounds: Bounds): void
  /** The optimizer's kernels: its fused updates, and what its operations call in memory. Default: updates run in plain JavaScript. */
  kernels?: KernelSet<object>
  /**
   * The update works on a device too: it does nothing but `slot.apply`, `slot.perform` and `slot.fill`, and there is a {@link bound}.
   * Default: it works in memory only.
   */
  onDevice?: {
    /** State numbers that operations compute on the device, in the order of their array 'numbers'. Default none. */
    readonly numbers?: readonly string[]
    /** Gradients and inputs must be smaller than this power of two. Default 2^45. */
    readonly below?: number
  }
  /** Arrays a step is given beside the gradients, of every parameter's length; see `Optimizer.receive`. Default none. */
  inputs?: readonly string[]
  /** Throws when a parameter does not suit its hyper-parameters, with a message that begins with `parameter.label`. */
  accept?(hyper: H, parameter: { label: string; length: number; shape: readonly number[] }): void
}
