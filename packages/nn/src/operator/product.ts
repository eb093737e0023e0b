import { transpose } from '@opt/core'
import { fillRows } from '../passes/gradient.ts'
import type { Real } from '../real.ts'
import type { Kept } from './kept.ts'
import { type Chunk, copyBack, copyRows } from './prepare.ts'

/**
 * Leaves the curvature times the direction in the product: the tangents of Pearlmutter's R-operator, without the passes
 * that they follow, or J'HJ for the Gauss-Newton matrix.
 */
export function multiply(kept: Kept, chunks: readonly Chunk[]): void {
  const { product, head, width, views, output } = kept
  const last = views[views.length - 1]
  const { outputs: k } = last.product
  product.fill(0)
  if (head) {
    copyRows(last.direction.weight, k, head.direction, width)
    if (last.direction.bias) head.bias.set(last.direction.bias)
    head.product.fill(0)
    head.biasProduct.fill(0)
  }
  for (const chunk of chunks) {
    const { n, outputs, targets, shares, silent, layers } = chunk
    const { STangent, DTangent } = layers[layers.length - 1]
    forwardTangent(kept, chunk)
    output.apply(kept.kernels, n, width, outputs, targets, shares, STangent.data, DTangent.data)
    for (const i of silent) DTangent.data.fill(0, i * width, (i + 1) * width)
    backwardTangent(kept, chunk)
  }
  if (!head) return
  copyBack(last.product.weight, k, head.product, width)
  if (last.product.bias) copyBack(last.product.bias, k, head.biasProduct, width)
}

/** Computes R{z}, left in the last layer's STangent. */
function forwardTangent({ kernels, work, views, head }: Kept, { n, inputs, layers, active }: Chunk): void {
  const last = layers.length - 1
  for (let l = 0; l <= last; l++) {
    const { A, ATangent, slope, STangent, W, WDirection } = layers[l]
    const { bias } = views[l].direction
    if (head && active && A && ATangent && l === last) {
      const { vectors, direction, weights } = head
      fillRows(STangent, bias && head.bias)
      kernels.forward(n, A.columns, vectors, active, A.data, ATangent.data, direction, weights, STangent.data)
      return
    }
    fillRows(STangent, bias)
    if (A && ATangent) {
      kernels.gemm(1, A, WDirection, STangent, work)
      kernels.gemm(1, ATangent, W, STangent, work)
    } else if ('X' in inputs) kernels.gemm(1, inputs.X, WDirection, STangent, work)
    else {
      const { places, values } = inputs.rows
      kernels.spmm(n, STangent.columns, W.rows, places, values, WDirection.data, STangent.data, work)
    }
    const next = layers[l + 1]?.ATangent
    // The head looks at units of slope 1 alone.
    if (!slope || !next || (head && l === last - 1)) continue
    if (next.data !== STangent.data) next.data.set(STangent.data)
    kernels.times(n * STangent.columns, slope, next.data)
  }
}

/** Adds the derivatives of the gradient along the direction to the product, from the last layer's DTangent. */
function backwardTangent({ kernels, work, ones, views, head }: Kept, { n, inputs, layers, active }: Chunk): void {
  for (let l = layers.length - 1; l >= 0; l--) {
    const { A, ATangent, D, DTangent, WProduct, W, WDirection } = layers[l]
    const isHead = head !== null && l === layers.length - 1
    const { bias } = views[l].product
    if (bias) kernels.gemvT(DTangent, ones, isHead ? head.biasProduct : bias)
    if (!A || !ATangent) {
      if ('X' in inputs) kernels.gemm(1, transpose(inputs.X), DTangent, WProduct, work)
      else {
        const { places, values } = inputs.columns
        kernels.spmm(WProduct.rows, DTangent.columns, n, places, values, DTangent.data, WProduct.data, work)
      }
      return
    }
    const { slope, curvature, STangent, DTangent: out } = layers[l - 1]
    out.data.fill(0, 0, n * out.columns)
    if (isHead) {
      const { vectors, weights, direction, product } = head
      const [d, both] = D ? [D.data, 1] : [DTangent.data, 0]
      // biome-ignore format: sizes, then matrices
      kernels.backward(
        n, A.columns, vectors, active as Int32Array,
        A.data, ATangent.data, DTangent.data, d, weights, direction, product, out.data, both,
      )
      continue
    }
    kernels.gemm(1, transpose(A), DTangent, WProduct, work)
    kernels.gemm(1, DTangent, transpose(W), out, work)
    if (D) {
      kernels.gemm(1, transpose(ATangent), D, WProduct, work)
      kernels.gemm(1, D, transpose(WDirection), out, work)
    }
    if (curvature) kernels.bend(n * out.columns, slope as Real, curvature, STangent.data, out.data)
    else kernels.times(n * out.columns, slope as Real, out.data)
  }
}
