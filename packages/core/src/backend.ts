/** A value, at once or from a device later: take it with {@link wait}. */
export type Later<T> = T | PromiseLike<T>

/** Dual potentials of a transport problem. */
export interface TransportPotentials {
  f: Float64Array
  g: Float64Array
}

/** A transport problem as a backend takes it: positive masses of sum 1, and a cost of about 0 to 1. */
export interface TransportInput {
  a: Float64Array
  b: Float64Array
  cost:
    | { kind: 'matrix'; writeRow(i: number, out: Float64Array): void }
    /** Points of `dimension` coordinates, row by row; the cost is `scale` times the metric. */
    | {
        kind: 'points'
        x: Float64Array
        y: Float64Array
        dimension: number
        metric: 'sqeuclidean' | 'euclidean' | 'cityblock'
        scale: number
      }
}

/**
 * The plan P = exp((F + G - C) / epsilon) of a transport problem, in memory or on a device, with its marginals r = P 1 and c = P' 1;
 * F = f + epsilon log a and G = g + epsilon log b. Whatever is asked may be answered later. Calls are carried out in order.
 */
export interface TransportPlan {
  readonly rows: number
  readonly columns: number
  readonly epsilon: number
  /** Below this error a step that does not help has met the rounding of P. */
  readonly floor: number
  /** Must scalings be absorbed before the next iteration? */
  readonly strained: boolean
  setPotentials(potentials: TransportPotentials, epsilon: number): void
  potentials(): Later<TransportPotentials>
  /** Computes P at the present potentials; rows and columns that underflowed are first set by a soft-min. */
  evaluate(): Later<void>
  /**
   * One Sinkhorn iteration; the L1 error of the column marginal before the next one (the rows are exact). A device may work
   * `ahead` up to so many more iterations, but not beyond the first whose error is at most `target`.
   */
  sinkhorn(ahead: number, target: number): Later<number>
  /** Multiplies scalings into P; does nothing where there are none. */
  absorb(): Later<void>
  /** L1 error of both marginals as P stands. */
  error(): Later<number>
  /** Scales the rows to their marginal, then the columns, once; returns the L1 error of both marginals. Never lowers the potential. */
  balance(): Later<number>
  /** The largest entries that leave out no more than `mass` together, but at least `minimum` of them. */
  thresholdByMass(mass: number, minimum: number): Later<TransportThreshold>
  /** The `count` largest entries; ties at the threshold are all kept. */
  thresholdByCount(count: number): Later<TransportThreshold>
  /** Computes Newton's direction from the entries of at least `threshold`, or from all when it is null; returns the number of CG iterations. */
  direct(threshold: number | null, tolerance: number): Later<TransportDirection>
  /** Puts P at potentials `alpha` times the direction on, and leaves the potentials where they are until {@link accept}. */
  tryStep(alpha: number): Later<TransportTrial>
  accept(): void
  /** The plan as it stands, for the answer. */
  read(): Later<TransportReadout>
  /** Gives memory back; nothing may be called after it. */
  free(): void
}

/** A threshold and how many entries reach it. */
export interface TransportThreshold {
  value: number
  kept: number
}

/** What is known of a Newton direction. */
export interface TransportDirection {
  cg: number
  /** Derivative of the potential along it. */
  slope: number
  /** max |dx_i + dy_j|: how far it moves an exponent's numerator. */
  reach: number
}

/** What is known of a tried step. */
export interface TransportTrial {
  /** Derivative of the potential along the direction, where the step ends. */
  slope: number
  /** Has some row or column of P underflowed? */
  empty: boolean
}

/** A plan's potentials, marginals and transport cost <C, P>. */
export interface TransportReadout extends TransportPotentials {
  r: Float64Array
  c: Float64Array
  cost: number
}

/** Float32 numbers on a device. */
export interface DeviceArray {
  readonly length: number
  /** Gives the memory back; the array may not be used after it. */
  free(): void
}

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
   * a = kept[1] = gamma1 a + (1 - gamma1) |g|, c = kept[2] = gamma2 c + (1 - gamma2) |g|^2; the norm of g becomes
   * correction1 a / (sqrt(correction2 c) + epsilon). In float32: for norms from about 1e-19 to 1e19.
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
}

/** The slots of an optimizer on a device. */
export interface DeviceSlots {
  /** Refuses what is no array of the device and of slot i's size. */
  check(given: unknown, i: number, label: string): void
  /** Takes over what step `step`, from 0, is given for slot i; inspects it for numbers that are not finite. */
  take(given: unknown, i: number, what: string, step: number, inspect: boolean): void
  /** Slot i stands before that step: remembers its count and numbers. */
  mark(i: number, step: number): void
  /** An array of the optimizer's own for what slot i is given. */
  own(i: number, what: string): unknown
  /**
   * Waits until all steps are done. When something was not finite, nothing has changed since: sets the slots' counts and numbers back,
   * calls `back(step)` with the number of that step, and refuses what `label` calls it.
   */
  settled(back: (step: number) => void, label: (i: number, what: string, at: number) => string): Promise<void>
  /** The slots' state as it stands. */
  read(): Promise<{ steps: number; arrays: Record<string, Float32Array>; numbers: Record<string, number> }[]>
  /** The slots' counts, numbers and arrays have been set from a saved state. */
  loaded(): void
  free(): void
}

/** A device that can take over the work of solvers; `await webgpu()` of @opt/webgpu makes one. */
export interface Backend {
  /** What it is, for people. */
  readonly name: string
  /** Can it still work? */
  readonly usable: boolean
  /** A device holds the problem from now on, until `free()`. */
  transport(input: TransportInput): TransportPlan
  /** Refuses what cannot be a parameter of an optimizer here. */
  checkParameter(value: unknown, label: string): void
  /** Gives slots of an optimizer `parameter`, `gradient`, `inputs`, `arrays`, `kept`, `kernels` and `device`. */
  hold(slots: readonly DeviceSlot[], request: SlotRequest): DeviceSlots
}

/** What solvers take as `backend`: a device, or 'auto' for the one that is open, if there is one, and else the CPU. */
export type BackendChoice = Backend | 'auto'

let open: Backend | undefined
let said = false

/** Makes a backend the one that 'auto' finds. */
export function offerBackend(backend: Backend): void {
  open = backend
}

/** The device that was chosen; null for the CPU. */
export function chosenBackend(choice: BackendChoice | undefined): Backend | null {
  if (choice !== 'auto') return choice ?? null
  if (open?.usable) return open
  fallBack('no device is open')
  return null
}

/** Says once that 'auto' means the CPU, and why. */
export function fallBack(why: string): void {
  if (said) return
  said = true
  console.warn(`@opt: backend 'auto' works on the CPU: ${why}`)
}
