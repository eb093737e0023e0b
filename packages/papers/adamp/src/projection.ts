import { type Kernel, type KernelDefinition, kernel } from '@opt/core'
import { axpy as axpyKernel, dot as dotKernel } from '@opt/core/kernels'
import { type Bounds, descend, type Floats, type SlotOperation } from '@opt/optimizers'
import { along, decide, products, projectedDescent, shares } from './projection-programs.ts'

/** Kernels on the rows of matrices. */
export interface RowKernels {
  /**
   * The largest |x'y| / (max(|x|, floor) max(|y|, floor)) over the rows x, y of two rows-by-n matrices;
   * sums dot-ordered.
   */
  largestCosine(rows: number, n: number, x: Floats, y: Floats, floor: number): number
  /** Removes from each row of u its component along x: u -= x (x'u) / (|x| + epsilon)^2; sums dot-ordered. */
  projectRows(rows: number, n: number, x: Floats, u: Floats, epsilon: number): void
}

type Loops = Readonly<Record<string, (...args: unknown[]) => number>>
const { dot, dot32 } = dotKernel.plain as Loops
const { axpy, axpy32 } = axpyKernel.plain as Loops

/** Calls `each` on the rows of two matrices. */
function eachRow(rows: number, n: number, x: Floats, y: Floats, each: (a: Floats, b: Floats) => void): void {
  for (let i = 0; i < rows; i++) each(x.subarray(i * n, (i + 1) * n), y.subarray(i * n, (i + 1) * n))
}

const plainCosine =
  (inner: typeof dot): RowKernels['largestCosine'] =>
  (rows, n, x, y, floor) => {
    let largest = 0
    eachRow(rows, n, x, y, (a, b) => {
      const lengths = Math.max(Math.sqrt(inner(n, a, a)), floor) * Math.max(Math.sqrt(inner(n, b, b)), floor)
      largest = Math.max(largest, Math.abs(inner(n, a, b)) / lengths)
    })
    return largest
  }

const plainProjection =
  (inner: typeof dot, add: typeof axpy): RowKernels['projectRows'] =>
  (rows, n, x, u, epsilon) =>
    eachRow(rows, n, x, u, (a, b) => {
      const length = Math.sqrt(inner(n, a, a)) + epsilon
      add(n, -inner(n, a, b) / (length * length), a, b)
    })

/** Makes a kernel of two loops, for float64 and float32. */
const ofEither = <F extends Kernel>(name: string, double: F, single: F): KernelDefinition<F> =>
  kernel({ [name]: double, [`${name}32`]: single }, (loops) => {
    const [of64, of32] = [loops[name], loops[`${name}32`]]
    return ((rows, n, x, y, number) => (x instanceof Float32Array ? of32 : of64)(rows, n, x, y, number)) as F
  })

export const largestCosine: KernelDefinition<RowKernels['largestCosine']> = /* @__PURE__ */ ofEither(
  'largestCosine',
  /* @__PURE__ */ plainCosine(dot),
  /* @__PURE__ */ plainCosine(dot32),
)

export const projectRows: KernelDefinition<RowKernels['projectRows']> = /* @__PURE__ */ ofEither(
  'projectRows',
  /* @__PURE__ */ plainProjection(dot, axpy),
  /* @__PURE__ */ plainProjection(dot32, axpy32),
)

type Kernels = RowKernels

/**
 * Finds what is scale-invariant in a tensor, by a gradient that is nearly orthogonal to it: each row (a
 * channel, the first dimension), or the tensor as a whole, or nothing. Vectors (biases, scales) never
 * are. A row of n entries counts as scale-invariant if the cosine is below delta / sqrt(n).
 *
 * @returns the number of rows to project: all, 1 or 0. On a device, which cannot answer within a step,
 *   it is 0 for vectors only, and {@link projectAndDescend} uses what was found there.
 */
export const findInvariance: SlotOperation<{ delta: number; epsilon: number }, number, Kernels> = {
  memory({ shape, length, parameter, gradient, kernels }, { delta, epsilon }) {
    if (shape.length < 2) return 0
    for (const rows of [shape[0], 1]) {
      const n = length / rows
      if (kernels.largestCosine(rows, n, parameter, gradient, epsilon) < delta / Math.sqrt(n)) return rows
    }
    return 0
  },
  device(slot, { delta, epsilon }) {
    const { shape, length } = slot
    if (shape.length < 2) return 0
    const [rows] = shape
    const columns = length / rows
    const scratch = { products: 4 * rows, found: 2 }
    slot.run(products, { columns }, { workgroups: rows, scratch })
    const floors = { byRow: delta / Math.sqrt(columns), byAll: delta / Math.sqrt(length), floor: epsilon }
    slot.run(decide, { rows, ...floors }, { workgroups: 1, scratch })
    return rows
  },
}

/** Arguments of {@link projectAndDescend}. */
export interface ProjectedStep {
  /** The result of {@link findInvariance}. */
  rows: number
  learningRate: number
  decayFactor: number
  /** The decay factor of what is scale-invariant. */
  invariantDecayFactor: number
  epsilon: number
}

/**
 * x = decayFactor x - learningRate u, where u, which has replaced the gradient, loses its component along
 * what is scale-invariant.
 */
export const projectAndDescend: SlotOperation<ProjectedStep, void, Kernels> = {
  memory(slot, { rows, learningRate, decayFactor, invariantDecayFactor, epsilon }) {
    const { length, parameter, gradient, kernels } = slot
    if (rows > 0) kernels.projectRows(rows, length / rows, parameter, gradient, epsilon)
    slot.apply(descend, { learningRate, decayFactor: rows > 0 ? invariantDecayFactor : decayFactor, l2: 0 })
  },
  device(slot, { rows, epsilon, ...step }) {
    const columns = slot.length / rows
    const scratch = { products: 4 * rows, found: 2, dots: rows, shares: rows }
    slot.run(along, { columns }, { workgroups: rows, scratch })
    slot.run(shares, { rows, epsilon }, { workgroups: 1, scratch })
    slot.run(projectedDescent, { columns, ...step }, { scratch })
  },
}

/**
 * Adds to the bounds what the sums of rows and the projection of a step amount to.
 *
 * @param direction bounds u.
 */
export function boundRows(bounds: Bounds, rate: number, direction: number, epsilon: number): void {
  const { gradient, length } = bounds
  // |x'u| / (|x| + epsilon)^2 is at most |u| / (4 epsilon), and as much of x at most |u|.
  const whole = Math.sqrt(length) * direction
  bounds.parameter += rate * whole
  const longest = Math.max(bounds.parameter, gradient)
  bounds.largest = Math.max(bounds.largest, length * longest * longest, length * longest * direction, whole / epsilon)
  bounds.largest = Math.max(bounds.largest, 1 / (epsilon * epsilon))
}
