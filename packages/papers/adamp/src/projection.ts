import { type DeviceSlot, type Kernel, type KernelDefinition, kernel, type Program } from '@opt/core'
import { dot as dotKernel } from '@opt/core/kernels'
import type { Bounds, Floats, FusedUpdate, Numbers, SlotOperation } from '@opt/optimizers'
import { along, decide, products, projectedDescent, shares } from './projection-programs.ts'

/** Kernels on the rows of matrices; their sums are dot-ordered. */
export interface RowKernels {
  /** 1 if |x'y| / (max(|x|, floor) max(|y|, floor)) < limit in all rows x, y of two rows-by-n matrices, else 0. */
  cosinesBelow(rows: number, n: number, x: Floats, y: Floats, floor: number, limit: number): number
}

type Loops = Readonly<Record<string, (...args: unknown[]) => number>>
const { dot, dot32 } = dotKernel.plain as Loops

const plainCosines =
  (inner: typeof dot): RowKernels['cosinesBelow'] =>
  (rows, n, x, y, floor, limit) => {
    for (let i = 0; i < rows; i++) {
      const [a, b] = [x.subarray(i * n, (i + 1) * n), y.subarray(i * n, (i + 1) * n)]
      const lengths = Math.max(Math.sqrt(inner(n, a, a)), floor) * Math.max(Math.sqrt(inner(n, b, b)), floor)
      if (!(Math.abs(inner(n, a, b)) / lengths < limit)) return 0
    }
    return 1
  }

/** Makes a kernel of two loops on rows, for float64 and float32. */
const ofEither = <F extends Kernel>(name: string, double: F, single: F): KernelDefinition<F> =>
  kernel({ [name]: double, [`${name}32`]: single }, (loops) => {
    const [of64, of32] = [loops[name], loops[`${name}32`]]
    return ((...args) => (args[2] instanceof Float32Array ? of32 : of64)(...args)) as F
  })

export const cosinesBelow: KernelDefinition<RowKernels['cosinesBelow']> = /* @__PURE__ */ ofEither(
  'cosinesBelow',
  /* @__PURE__ */ plainCosines(dot),
  /* @__PURE__ */ plainCosines(dot32),
)

/**
 * Defines a kernel that takes a step in each row: a direction u replaces the gradient, and is descended
 * without its component along x, x (x'u) / (|x| + epsilon)^2. Arguments: rows, n, the parameter, the arrays
 * and the numbers of the direction, epsilon unless it is one of them, the learning rate, the decay factor.
 */
export function projectedRows<F extends Kernel>(name: string, direction: FusedUpdate): KernelDefinition<F> {
  const own = direction.numbers.indexOf('epsilon')
  const loop = (bits: string, inner: typeof dot, round: (x: number) => number) => {
    const turn = direction.plain[direction.name + bits]
    return ((rows: number, n: number, ...rest: unknown[]) => {
      const arrays = rest.slice(0, direction.arrays.length + 1) as Floats[]
      const numbers = rest.slice(arrays.length) as number[]
      const given = numbers.slice(0, direction.numbers.length)
      const [epsilon, rate, decay] =
        own < 0 ? numbers.slice(given.length) : [given[own], ...numbers.slice(given.length)]
      for (let i = 0; i < rows; i++) {
        const [x, ...others] = arrays.map((array) => array.subarray(i * n, (i + 1) * n))
        const u = others[direction.arrays.indexOf('gradient')]
        turn(n, ...others, ...given)
        const length = Math.sqrt(inner(n, x, x)) + epsilon
        const share = round(-inner(n, x, u) / (length * length))
        for (let j = 0; j < n; j++)
          x[j] = round(round(decay) * x[j]) - round(round(rate) * round(round(share * x[j]) + u[j]))
      }
    }) as F
  }
  return ofEither(
    name,
    loop('', dot, (x) => x),
    loop('32', dot32, Math.fround),
  )
}

/**
 * Finds what is scale-invariant in a tensor, by a gradient that is nearly orthogonal to it: each row (a
 * channel, the first dimension), or the tensor as a whole, or nothing. Vectors (biases, scales) never
 * are. A row of n entries counts as scale-invariant if the cosine is below delta / sqrt(n).
 *
 * @returns the number of rows to project: all, 1 or 0. On a device, which cannot answer within a step,
 *   it is 0 for vectors only, and {@link projectAndDescend} uses what was found there.
 */
export const findInvariance: SlotOperation<{ delta: number; epsilon: number }, number, RowKernels> = {
  memory({ shape, length, parameter, gradient, kernels }, { delta, epsilon }) {
    if (shape.length < 2) return 0
    for (const rows of [shape[0], 1]) {
      const n = length / rows
      if (kernels.cosinesBelow(rows, n, parameter, gradient, epsilon, delta / Math.sqrt(n)) === 1) return rows
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

/** Arguments of {@link projectOnDevice}. */
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
 * what was found to be scale-invariant.
 */
export function projectOnDevice(slot: DeviceSlot, { rows, epsilon, ...step }: ProjectedStep): void {
  const columns = slot.length / rows
  const scratch = { products: 4 * rows, found: 2, dots: rows, shares: rows }
  slot.run(along, { columns }, { workgroups: rows, scratch })
  slot.run(shares, { rows, epsilon }, { workgroups: 1, scratch })
  slot.run(projectedDescent, { columns, ...step }, { scratch })
}

/** Runs a fused update within an operation on a device. */
export function runOnDevice<N extends string>(slot: DeviceSlot, update: FusedUpdate<N>, numbers: Numbers<N>): void {
  const coefficients = update.coefficients(numbers)
  slot.run(update.program(coefficients) as Program, coefficients)
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
