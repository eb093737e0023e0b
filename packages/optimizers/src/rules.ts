import type { Bounds } from './bounds.ts'
import type { Hyper, Settings } from './settings.ts'

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
  /**
   * The update works on a device too: it calls nothing but `slot.kernels`, `slot.device`, and `fill` and `set` of arrays. `overwrites`
   * lists what it changes of 'gradients' and the inputs, `keeps` the numbers that `slot.device` computes into `slot.kept`, in
   * that order. `below`: gradients may be so large there, 2^45 by default. It needs {@link bound}. Default: it does not.
   */
  onDevice?: { readonly overwrites: readonly string[]; readonly keeps?: readonly string[]; readonly below?: number }
  /** Arrays a step is given beside the gradients, of every parameter's length; see `Optimizer.take`. Default none. */
  inputs?: readonly string[]
  /** Throws when a parameter does not suit its hyper-parameters, with a message that begins with `parameter.label`. */
  accept?(hyper: H, parameter: { label: string; length: number; shape: readonly number[] }): void
}
