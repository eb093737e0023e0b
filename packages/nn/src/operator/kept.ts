import {
  allocate,
  gemmScratch,
  type MatrixKernels,
  matrixKernels,
  type ScanKernels,
  scanKernels,
  type Views,
} from '@opt/core'
import { activationOf } from '../layers/activations.ts'
import { type LayerViews, layerViews, parameterCount } from '../layers/parameters.ts'
import type { NetworkSettings } from '../passes/buffers.ts'
import type { Real } from '../real.ts'
import { type ProductKernels, productKernels } from './kernels.ts'
import { isKnown, type OutputHessian, outputHessian } from './output-hessian.ts'

/** The curvature of a loss: its Hessian, or the Gauss-Newton matrix. */
export type CurvatureMatrix = 'hessian' | 'gauss-newton'

/** Examples that are multiplied at a time: their arrays stay in the cache. */
export const CHUNK = 128
/** Numbers of vectors in the rows of {@link Head}. */
const VECTORS = [2, 3, 5]

/** What is kept of a layer: one row for each example. */
interface KeptLayer {
  /** The activations; null in the last layer. */
  readonly a: Real | null
  /** phi'(s); null in the last layer. */
  readonly slope: Real | null
  /** phi''(s) dloss/da, for the Hessian; null where phi is piecewise linear and in the last layer. */
  readonly curvature: Real | null
  /** dloss/ds, for the Hessian; null in the first of several layers, where it is not used. */
  readonly delta: Real | null
  /** R{s}, R{a} and R{dloss/ds} of a chunk. */
  readonly sTangent: Real
  readonly aTangent: Real
  readonly deltaTangent: Real
}

/** Inputs: all of them, or those that are not zero by rows and by columns. */
type KeptInputs = { readonly all: Real } | { readonly places: Int32Array[]; readonly values: Real[] }

/**
 * The last layer where only active units of the one below are looked at, which takes rectified units and few outputs:
 * its weights in rows that are filled up with zeros to whole vectors, and room for the places of the active units.
 */
export interface Head {
  readonly vectors: number
  readonly weights: Real
  readonly direction: Real
  readonly product: Real
  /** The biases of the direction, one row. */
  readonly bias: Real
  readonly biasProduct: Real
  readonly active: Int32Array
}

/** One layer's parts of the flat arrays. */
export interface KeptViews {
  readonly parameters: LayerViews
  readonly direction: LayerViews
  readonly product: LayerViews
}

/** The kernels of one precision. */
export type KeptKernels = MatrixKernels &
  ScanKernels &
  Pick<ProductKernels, 'spmm' | 'forward' | 'backward' | 'softmax' | 'times' | 'bend'>

/** The memory of a batch of examples and of what all products of its curvature with vectors have in common. */
export interface Kept {
  readonly settings: NetworkSettings
  readonly matrix: CurvatureMatrix
  /** How many examples there is room for. */
  readonly capacity: number
  readonly parameters: Real
  readonly direction: Real
  readonly product: Real
  readonly inputs: KeptInputs
  readonly layers: readonly KeptLayer[]
  readonly head: Head | null
  /** Numbers in a row of outputs: filled up to whole vectors with a head. */
  readonly width: number
  /** What the Hessian of the loss is made of, and, if it is not known, the targets: rows of outputs. */
  readonly outputs: Real
  readonly targets: Real
  /** The weight of each example in the mean. */
  readonly shares: Real
  readonly ones: Real
  readonly work: Real
  readonly views: readonly KeptViews[]
  readonly output: OutputHessian
  readonly kernels: KeptKernels
}

/** Makes room for examples with so many inputs that are not zero; null for all of them. */
export function makeKept(
  settings: NetworkSettings,
  matrix: CurvatureMatrix,
  count: number,
  nonzeros: number | null,
): Kept {
  const { architecture, dtype, loss } = settings
  const { kernels, ...store } = allocate([matrixKernels, scanKernels, productKernels], (views) =>
    layout(views, settings, matrix, count, nonzeros),
  )
  store.ones.fill(1)
  const flat = [store.parameters, store.direction, store.product].map((x) => layerViews(architecture, x))
  return {
    settings,
    matrix,
    capacity: count,
    ...store,
    views: flat[0].map((parameters, l) => ({ parameters, direction: flat[1][l], product: flat[2][l] })),
    output: outputHessian(loss),
    kernels: dtype === 'float64' ? kernels : singlePrecision(kernels),
  }
}

function singlePrecision(kernels: MatrixKernels & ScanKernels & ProductKernels): KeptKernels {
  const { spmm32, forward32, backward32, softmax32, times32, bend32 } = kernels
  return {
    ...kernels,
    spmm: spmm32,
    forward: forward32,
    backward: backward32,
    softmax: softmax32,
    times: times32,
    bend: bend32,
  }
}

/** The number of vectors of a {@link Head}; undefined for networks that have none. */
function headVectors({ architecture, activation, loss, dtype }: NetworkSettings): number | undefined {
  const { sizes } = architecture
  if (sizes.length < 3 || activation !== activationOf('relu') || !isKnown(loss)) return undefined
  const lanes = dtype === 'float64' ? 2 : 4
  return VECTORS.find((vectors) => vectors * lanes >= sizes[sizes.length - 1])
}

/** Runs twice, see `allocate` of @opt/core; the views of the second run count. */
function layout(
  views: Views,
  settings: NetworkSettings,
  matrix: CurvatureMatrix,
  count: number,
  nonzeros: number | null,
) {
  const { architecture, activation, dtype } = settings
  const { sizes } = architecture
  const real = (n: number): Real => (dtype === 'float64' ? views.f64(n) : views.f32(n))
  const rows = Math.min(count, CHUNK)
  const last = sizes.length - 2
  const hasHessian = matrix === 'hessian'
  const curved = activation.timesCurvature !== null
  const vectors = headVectors(settings)
  const width = vectors ? vectors * (dtype === 'float64' ? 2 : 4) : sizes[last + 1]
  // For products with sparse inputs, then for those of matrices.
  let work = nonzeros === null ? 0 : (dtype === 'float64' ? 16 : 32) * Math.max(sizes[0], rows)
  const layers = sizes.slice(1).map((outputs, l): KeptLayer => {
    const inputs = sizes[l]
    const units = l < last ? outputs : width
    for (const [m, n, k] of [
      [rows, units, inputs],
      [inputs, units, rows],
      [rows, inputs, units],
    ])
      work = Math.max(work, gemmScratch(m, n, k))
    const hidden = l < last
    const sTangent = real(rows * units)
    return {
      a: hidden ? real(count * units) : null,
      slope: hidden ? real(count * units) : null,
      curvature: hidden && hasHessian && curved ? real(count * units) : null,
      delta: hasHessian && l > 0 ? real(count * units) : null,
      sTangent,
      aTangent: hidden && curved ? real(rows * units) : sTangent,
      deltaTangent: real(rows * units),
    }
  })
  const parameters = parameterCount(architecture)
  const inputs = sizes[0]
  return {
    layers,
    width,
    head: vectors
      ? {
          vectors,
          weights: real(sizes[last] * width),
          direction: real(sizes[last] * width),
          product: real(sizes[last] * width),
          bias: real(width),
          biasProduct: real(width),
          active: views.i32(count * (sizes[last] + 1)),
        }
      : null,
    inputs:
      nonzeros === null
        ? { all: real(count * inputs) }
        : {
            places: [views.i32(count + nonzeros), views.i32(Math.ceil(count / CHUNK) * inputs + nonzeros)],
            values: [real(nonzeros), real(nonzeros)],
          },
    parameters: real(parameters),
    direction: real(parameters),
    product: real(parameters),
    outputs: real(count * width),
    targets: real(isKnown(settings.loss) ? 0 : count * width),
    shares: real(count),
    ones: real(rows),
    work: real(work),
  }
}
