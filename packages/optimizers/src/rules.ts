import type { KernelSet } from '@opt/core'
import type { Hyper, Settings } from './settings.ts'
import type { Bounds } from './slots/bounds.ts'

/** An algorithm's hyper-parameters, state and bounds: all but its update. */
export interface Rules<H extends Hyper> {
  /** The name in error messages and saved states. */
  name: string
  settings: Settings<H>
  /** Returns the names of a parameter's state arrays under these hyper-parameters. */
  arrays(hyper: H): readonly string[]
  /** Returns the names of a parameter's state numbers. Default none. */
  numbers?(hyper: H): readonly string[]
  /**
   * State arrays and numbers that are never negative, such as averages of squares; saved states with
   * a negative one are refused. Default none.
   */
  squares?: readonly string[]
  /**
   * Pairs of an average and the average of the same squared: two arrays, or two numbers, the second
   * of which is the root of that average. Default none.
   */
  averages?: readonly (readonly [average: string, square: string])[]
  /** State numbers that count steps: integers, at most the steps of the parameter. Default none. */
  counts?: readonly string[]
  /**
   * Bounds a step in advance: updates `bounds`, which hold before the step and include its gradient,
   * to those after it. A step whose bounds stay in range needs no further check. Default: each step
   * is checked afterwards, and undone from a copy if a number is not finite.
   */
  bound?(hyper: H, bounds: Bounds): void
  /**
   * The kernels of its fused updates and of its operations in memory. Default: updates run in plain
   * JavaScript.
   */
  kernels?: KernelSet<object>
  /**
   * Present if the update works on devices: it uses only `slot.apply`, `slot.perform` and
   * `slot.fill`, and there is a {@link bound}. Default: it works in memory only.
   */
  onDevice?: {
    /** State numbers that operations compute on the device, in the order of the array 'numbers'. Default none. */
    readonly numbers?: readonly string[]
    /** Gradients and inputs must be smaller than this power of two. Default 2^45. */
    readonly below?: number
  }
  /** Arrays that a step gets besides the gradients, in their shapes: see `Optimizer.receive`. Default none. */
  inputs?: readonly string[]
  /** Throws if a parameter does not suit its hyper-parameters; the message begins with `parameter.label`. */
  accept?(hyper: H, parameter: { label: string; length: number; shape: readonly number[] }): void
}
