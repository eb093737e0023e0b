import { allocate, gemmScratch, type Matrix, matrixKernels } from '@opt/core'
import { symmetricEigen } from '@opt/curvature'
import ndarray from 'ndarray'

/** Pixels that are multiplied at a time. */
const CHUNK = 2048

/** Returns the mean spectrum of Y, bands x pixels. */
export function meanSpectrum({ data, shape: [bands, pixels] }: Matrix): Float64Array {
  const mean = new Float64Array(bands)
  for (let l = 0; l < bands; l++) {
    let sum = 0
    for (let n = 0; n < pixels; n++) sum += data[l * pixels + n]
    mean[l] = sum / pixels
  }
  return mean
}

/** Returns (Y - m 1')(Y - m 1')' / pixels, symmetric. */
export function secondMoment({ data, shape: [bands, pixels] }: Matrix, mean: Float64Array): Matrix {
  const width = Math.min(CHUNK, pixels)
  const { kernels, part, sum, work } = allocate([matrixKernels], (views) => ({
    part: views.matrix(bands, width),
    sum: views.matrix(bands, bands),
    work: views.f64(gemmScratch(bands, bands, width)),
  }))
  for (let start = 0; start < pixels; start += width) {
    const count = Math.min(width, pixels - start)
    for (let l = 0; l < bands; l++) {
      const row = l * part.stride
      for (let n = 0; n < count; n++) part.data[row + n] = data[l * pixels + start + n] - mean[l]
    }
    kernels.syrk(1 / pixels, { ...part, columns: count }, sum, work)
  }
  const out = new Float64Array(bands * bands)
  for (let i = 0; i < bands; i++)
    for (let j = 0; j <= i; j++) out[i * bands + j] = out[j * bands + i] = sum.data[i * sum.stride + j]
  return ndarray(out, [bands, bands])
}

/**
 * Returns the eigenvectors of the `count` largest eigenvalues as rows, largest first, and the eigenvalues. The entry of
 * largest magnitude of each vector is positive, so that they do not depend on the eigensolver.
 */
export function leadingVectors(C: Matrix, count: number): { rows: Float64Array[]; values: number[] } {
  const { values, vectors } = symmetricEigen(C)
  const n = values.length
  const columns = Array.from({ length: count }, (_, i) => n - 1 - i)
  const rows = columns.map((j) => {
    const v = Float64Array.from({ length: n }, (_, i) => vectors!.data[i * n + j])
    let largest = 0
    for (const x of v) if (Math.abs(x) > Math.abs(largest)) largest = x
    return largest < 0 ? v.map((x) => -x) : v
  })
  return { rows, values: columns.map((j) => values[j]) }
}
