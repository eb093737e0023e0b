import type { Matrix } from '@opt/core'
import { symmetricEigen } from '@opt/curvature'
import ndarray from 'ndarray'

/** Computes the largest singular value, from the eigenvalues of the smaller Gram matrix; any scale. */
export function operatorNorm({ data, shape }: Matrix): number {
  const [m, n] = shape as [number, number]
  let largest = 0
  for (const entry of data) largest = Math.max(largest, Math.abs(entry))
  if (largest === 0) return 0
  const size = Math.min(m, n)
  const [step, stride, length] = m <= n ? [n, 1, n] : [1, n, m]
  const gram = new Float64Array(size * size)
  for (let i = 0; i < size; i++)
    for (let j = 0; j <= i; j++) {
      let sum = 0
      for (let k = 0; k < length; k++)
        sum += (data[i * step + k * stride] / largest) * (data[j * step + k * stride] / largest)
      gram[i * size + j] = gram[j * size + i] = sum
    }
  const { values } = symmetricEigen(ndarray(gram, [size, size]), { vectors: false })
  return largest * Math.sqrt(Math.max(0, ...values))
}
