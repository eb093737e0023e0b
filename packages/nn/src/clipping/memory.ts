import { type ActivationKernels, activationKernels, allocate, type Views } from '@opt/core'
import { type Activation, activationOf } from '../layers/activations.ts'
import { type Loss, lossOf } from '../layers/losses.ts'
import { type LayerViews, layerViews, parameterCount } from '../layers/parameters.ts'
import type { Buffers } from '../passes/buffers.ts'
import { type ClippingKernels, clippingKernels } from './kernels.ts'

/** Some examples, one per column: as many columns as a block has, of which the last may be empty. */
export interface Block {
  /** How many columns are examples. */
  used: number
  /** The inputs, inputs x columns. */
  readonly X: Float64Array
  /** The targets, one row per example. */
  readonly targets: Float64Array
  /** How often each example counts; 0 for an empty column. */
  readonly counts: Float64Array
}

/** What the gradients of a block's examples consist of. */
export interface Factors {
  /** The activations of each hidden layer, units x columns. */
  readonly a: readonly Float64Array[]
  /** The derivatives of each example's loss in x W + b of each layer, units x columns. */
  readonly d: readonly Float64Array[]
}

/** One flat array of parameters and its layers; a layer without biases has zeros for them. */
export interface Weights {
  readonly flat: Float64Array
  readonly layers: readonly LayerViews[]
}

/** Everything that passes over blocks work on, in one piece of memory. */
export interface ClippingMemory {
  readonly sizes: readonly number[]
  readonly bias: boolean
  readonly activation: Activation
  /** Whether the activation is softplus, whose slope a kernel computes with its value. */
  readonly isSoftplus: boolean
  readonly loss: Loss
  readonly isLogistic: boolean
  readonly kernels: ClippingKernels & ActivationKernels
  /** The number of columns of a block. */
  readonly columns: number
  readonly blocks: readonly Block[]
  /** Room for chosen examples. */
  readonly chosen: Block
  /** Factors of all blocks, which outlast a call; empty where they would take too much memory. */
  readonly kept: Factors[]
  /** Room for the factors of one block, at the network's parameters and at others. */
  readonly spare: [Factors, Factors]
  readonly parameters: Weights
  readonly minus: Weights
  readonly gradients: Weights
  readonly noBias: Float64Array
  /** As large as the largest layer of a block. */
  readonly s: Float64Array
  readonly weighted: Float64Array
  readonly masked: Float64Array
  readonly squares: Float64Array
  readonly weights: Float64Array
  /** Outputs and derivatives of the loss in them, one row per example. */
  readonly outputs: Float64Array
  readonly derivatives: Float64Array
}

/** Columns of a block at most: its arrays stay in the cache. */
const MOST = 248
/** Numbers that kept factors are at most: 128 MB. */
const KEPT = 16777216

/** Returns how many columns a block has: an odd multiple of 8, so that rows do not collide in the cache. */
function columnsFor(count: number): number {
  const blocks = Math.ceil(count / MOST)
  const eights = Math.ceil(count / blocks / 8)
  return 8 * (eights + 1 - (eights % 2))
}

/** Allocates what a network and a number of examples need. */
export function clippingMemory({ architecture, activation, loss }: Buffers, count: number): ClippingMemory {
  const { sizes, bias } = architecture
  const columns = columnsFor(count)
  const blockCount = Math.ceil(count / columns)
  const units = sizes.slice(1).reduce((sum, size) => sum + size, 0)
  const most = Math.max(...sizes)
  const length = parameterCount(architecture)
  const factors = (views: Views): Factors => ({
    a: sizes.slice(1, -1).map((size) => views.f64(size * columns)),
    d: sizes.slice(1).map((size) => views.f64(size * columns)),
  })
  const outputs = columns * sizes[sizes.length - 1]
  const block = (views: Views): Block => ({
    used: 0,
    X: views.f64(sizes[0] * columns),
    targets: views.f64(outputs),
    counts: views.f64(columns),
  })
  const keeps = 2 * units * columns * blockCount <= KEPT
  const { flat, kernels, ...views } = allocate([clippingKernels, activationKernels], (views) => ({
    blocks: Array.from({ length: blockCount }, () => block(views)),
    chosen: block(views),
    kept: Array.from({ length: keeps ? blockCount : 0 }, () => factors(views)),
    spare: [factors(views), factors(views)] as [Factors, Factors],
    flat: [views.f64(length), views.f64(length), views.f64(length)],
    noBias: views.f64(most),
    s: views.f64(most * columns),
    weighted: views.f64(most * columns),
    masked: views.f64(most * columns),
    squares: views.f64(columns),
    weights: views.f64(columns),
    outputs: views.f64(outputs),
    derivatives: views.f64(outputs),
  }))
  const [parameters, minus, gradients] = flat.map(
    (values): Weights => ({
      flat: values,
      layers: layerViews(architecture, values),
    }),
  )
  return {
    ...views,
    sizes,
    bias,
    activation,
    loss,
    kernels,
    columns,
    parameters,
    minus,
    gradients,
    isSoftplus: activation === activationOf('softplus'),
    isLogistic: loss === lossOf('logistic'),
  }
}
