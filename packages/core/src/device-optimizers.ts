/** What devices have in place of updates that need a number within a step: the number stays there. */
export interface DeviceKernels<A> {
  /**
   * Finds what AdamP takes for scale-invariant in x, by the gradient g's being nearly at right angles to it: each row of the
   * rows-by-n matrix (cosines below delta / sqrt(n)), else all of it, else nothing. The next {@link projectAndDescend} goes by it.
   */
  findInvariance(rows: number, n: number, x: A, g: A, delta: number, floor: number): void
  /** u loses its part along what was found, if something was; x = keep x - learningRate u, with keepProjected in place of keep if so. */
  projectAndDescend(
    rows: number,
    n: number,
    x: A,
    u: A,
    learningRate: number,
    keep: number,
    keepProjected: number,
    epsilon: number,
  ): void
  /** Each entry of a blocks-by-n matrix becomes the mean of |d| over its row. */
  averageBlocks(blocks: number, n: number, d: A): void
  /** The kernel adahessian with (correction2 v)^(power / 2) in place of the root. */
  adahessianPower(
    n: number,
    p: A,
    m: A,
    v: A,
    g: A,
    d: A,
    stepSize: number,
    correction2: number,
    keep: number,
    beta1: number,
    beta2: number,
    epsilon: number,
    power: number,
  ): void
  /** h = kept[0] = gamma h + (1 - gamma) max|g|; entries above correction h are scaled so that the largest becomes that. */
  clipToHistory(n: number, g: A, kept: A, gamma: number, correction: number): void
  /**
   * a = kept[1] = gamma1 a + (1 - gamma1) |g|, r = kept[2] with r^2 = gamma2 r^2 + (1 - gamma2) |g|^2; the norm of g becomes
   * correction1 a / (sqrt(correction2) r + epsilon). To be called right after {@link clipToHistory}, which knows how large g is.
   */
  normalizeToHistory(
    n: number,
    g: A,
    kept: A,
    gamma1: number,
    gamma2: number,
    correction1: number,
    correction2: number,
    epsilon: number,
  ): void
}

/** A slot of an optimizer, one parameter with its state, as a device finds it. */
export interface DeviceSlot {
  readonly length: number
  readonly shape: readonly number[]
  steps: number
  readonly numbers: Record<string, number>
}

/** What an optimizer wants of a device. */
export interface SlotRequest {
  /** The parameter of each slot. */
  readonly values: readonly unknown[]
  /** The names of each slot's arrays. */
  readonly arrays: readonly (readonly string[])[]
  /** The names of arrays that a step is given beside the gradients. */
  readonly inputs: readonly string[]
  /** What updates change of 'gradients' and the inputs. */
  readonly overwrites: readonly string[]
  /** Numbers of the slots that updates compute on the device. */
  readonly keeps: readonly string[]
  /** Arrays that hold squares. */
  readonly squares: readonly string[]
  /** What a step is given is smaller than this power of two. */
  readonly below: number
}

/** The slots of an optimizer on a device. */
export interface DeviceSlots {
  /** Refuses what is no array of the device and of slot i's size. */
  check(given: unknown, i: number, label: string): void
  /** Takes over what step `step`, from 0, is given for slot i; inspects it for numbers that are not finite or too large. */
  take(given: unknown, i: number, what: string, step: number, inspect: boolean): void
  /**
   * Inspects what slot i holds before that step: the parameter and state must be finite and smaller than `below`, a power of two, and
   * squares smaller than its square.
   */
  confine(i: number, step: number, below: number): void
  /** Slot i stands before that step: remembers its count and numbers. */
  mark(i: number, step: number): void
  /** An array of the optimizer's own for what slot i is given. */
  own(i: number, what: string): unknown
  /**
   * Waits until all steps are done. When something inspected was not finite, or too large, nothing has changed since: sets the slots' counts and numbers back,
   * calls `back(step)` with the number of that step, and refuses what `label` calls it.
   */
  settled(back: (step: number) => void, label: (i: number, what: string, at: number) => string): Promise<void>
  /** The slots' state as it stands. */
  read(): Promise<{ steps: number; arrays: Record<string, Float32Array>; numbers: Record<string, number> }[]>
  /** The slots' counts, numbers and arrays have been set from a saved state. */
  loaded(): void
  free(): void
}
