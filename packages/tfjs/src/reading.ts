import { refuse } from '@opt/core'
import { getBackend, matMul, type Tensor, tensor2d, tidy, type Variable } from '@tensorflow/tfjs-core'

/** A variable and its gradient, as tensors. */
export interface Pair {
  variable: Variable
  gradient: Tensor
}

/** A variable with its value and its gradient, flat and row-major. The arrays may be the backend's own. */
export interface Reading {
  variable: Variable
  value: Float32Array
  gradient: Float32Array
}

export const readSync = (pairs: readonly Pair[]): Reading[] =>
  pairs.map(({ variable, gradient }) => ({
    variable,
    value: variable.dataSync<'float32'>(),
    gradient: gradient.dataSync<'float32'>(),
  }))

export const read = (pairs: readonly Pair[]): Promise<Reading[]> =>
  Promise.all(
    pairs.map(async ({ variable, gradient }) => {
      const data = await Promise.all([variable.data<'float32'>(), gradient.data<'float32'>()])
      return { variable, value: data[0], gradient: data[1] }
    }),
  )

/**
 * Remembers where the variables have their data, which an assignment changes.
 *
 * @returns a function that throws if a variable has been assigned since, as a step would undo that.
 */
export function watch(pairs: readonly Pair[]): () => void {
  const places = pairs.map(({ variable }) => variable.dataId)
  return () =>
    pairs.forEach(({ variable }, i) => {
      if (variable.dataId !== places[i])
        throw new Error(`TfOptimizer.minimizeAsync: ${variable.name} changed during the step; await each step`)
    })
}

/**
 * Checks that a product comes back from the backend correctly: on WebGPU, TensorFlow.js reads synchronously by way of
 * canvases, which some browsers fill with zeros.
 *
 * @throws RangeError when it does not.
 */
export function checkSyncReads(): void {
  const product = tidy(() => matMul(tensor2d([1, 2], [1, 2]), tensor2d([3, 4], [2, 1])).dataSync()[0])
  if (product !== 11)
    refuse(
      'TfOptimizer: backend',
      'one that reads tensors synchronously (elsewhere step by minimizeAsync)',
      `${getBackend()}, which reads ${product} for 11`,
    )
}
