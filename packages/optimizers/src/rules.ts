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
  /**
   * The update works on a device too: it calls nothing but `slot.kernels`, `slot.device`, and `fill` and `set` of arrays. `overwrites`
   * lists what it changes of 'gradients' and the inputs, `keeps` the numbers that `slot.device` computes into `slot.kept`, in
   * that order. Default: it does not.
   */
  onDevice?: { readonly overwrites: readonly string[]; readonly keeps?: readonly string[] }
  /** Arrays a step is given beside the gradients, of every parameter's length; see `Optimizer.take`. Default none. */
  inputs?: readonly string[]
  /** Throws when a parameter does not suit its hyper-parameters, with a message that begins with `parameter.label`. */
  accept?(hyper: H, parameter: { label: string; length: number; shape: readonly number[] }): void
}
