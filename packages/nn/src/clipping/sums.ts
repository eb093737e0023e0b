import type { Block, ClippingMemory, Factors } from './memory.ts'

/** Below this share of its terms, a squared difference in closed form has lost too many digits to cancellation. */
const CANCELLED = 1e-4

/**
 * Where the two products of a difference cancel, their sum has rounding errors of 1e-16 times their size, which this keeps
 * below 1e-9 of the clip.
 */
const SLACK = 1e-12

/** Adds min(1, clip / |g_i|) g_i of a block's examples to the gradients, g_i = d x'. */
export function addClippedGradients(memory: ClippingMemory, block: Block, { a, d }: Factors, clip: number): void {
  const { kernels, columns, sizes, squares, weights, weighted } = memory
  squares.fill(0)
  for (let l = 0; l < d.length; l++)
    kernels.addSquares(columns, sizes[l], sizes[l + 1], inputsOf(block, a, l), d[l], Number(memory.bias), squares)
  const broken = kernels.clipWeights(columns, squares, block.counts, clip, weights)
  for (let l = 0; l < d.length; l++) {
    kernels.weigh(columns, sizes[l + 1], d[l], weights, weighted)
    addProducts(memory, l, inputsOf(block, a, l), broken, weighted)
    addBias(memory, l, weighted)
  }
}

/**
 * Adds the clipped differences of a block's examples. With inputs x and y and derivatives d and c, each is
 * (d - c) x' + c (x - y)': a difference of two sums would have the rounding errors of whole gradients, which no clip bounds.
 */
export function addClippedDifferences(
  memory: ClippingMemory,
  block: Block,
  { a, d }: Factors,
  { a: b, d: c }: Factors,
  clip: number,
): void {
  const { kernels, columns, sizes, squares, weights, weighted } = memory
  const one = Number(memory.bias)
  squares.fill(0)
  for (let l = 0; l < d.length; l++) {
    const [X, Y] = [inputsOf(block, a, l), inputsOf(block, b, l)]
    const [k, m] = [sizes[l], sizes[l + 1]]
    kernels.addDifferenceSquares(columns, k, m, X, Y, d[l], c[l], one, CANCELLED, SLACK, squares)
  }
  const broken = kernels.clipWeights(columns, squares, block.counts, clip, weights)
  for (let l = 0; l < d.length; l++) {
    const [X, Y] = [inputsOf(block, a, l), inputsOf(block, b, l)]
    kernels.weighDifference(columns, sizes[l + 1], d[l], c[l], weights, weighted)
    addProducts(memory, l, X, broken, weighted)
    addBias(memory, l, weighted)
    if (l === 0) continue
    kernels.weighDifference(columns, sizes[l], X, Y, weights, weighted)
    addProducts(memory, l, weighted, broken, c[l])
  }
}

/** The inputs of layer l. */
const inputsOf = ({ X }: Block, a: readonly Float64Array[], l: number): Float64Array => (l === 0 ? X : a[l - 1])

/** Adds X D' to the gradients of layer l; examples of weight NaN, which are 0 in one of them, are left out of the other. */
function addProducts(memory: ClippingMemory, l: number, X: Float64Array, broken: number, D: Float64Array): void {
  const { kernels, columns, sizes, gradients, weighted } = memory
  const weight = gradients.layers[l].weight as Float64Array
  const [k, m] = [sizes[l], sizes[l + 1]]
  const whole = (data: Float64Array, rows: number) =>
    broken > 0 && data !== weighted ? masked(memory, data, rows) : data
  kernels.outer(columns, k, m, whole(X, k), whole(D, m), weight)
}

/** Returns a copy with 0 where weights are NaN: 0 times Infinity would be NaN. */
function masked({ columns, weights, masked }: ClippingMemory, data: Float64Array, rows: number): Float64Array {
  for (let p = 0, at = 0; p < rows; p++)
    for (let i = 0; i < columns; i++, at++) masked[at] = Number.isNaN(weights[i]) ? 0 : data[at]
  return masked
}

/** Adds the weighted derivatives of a layer to the gradient of its biases. */
function addBias({ kernels, columns, sizes, gradients }: ClippingMemory, l: number, weighted: Float64Array): void {
  const { bias } = gradients.layers[l]
  if (bias) kernels.rowSums(columns, sizes[l + 1], weighted, bias as Float64Array)
}
