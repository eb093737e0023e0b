/** Numbers of a network, in either precision. */
export type Real = Float64Array | Float32Array

export type Precision = 'float64' | 'float32'

export const PRECISIONS: Precision[] = ['float64', 'float32']

/** Returns n zeros. */
export const zeros = (n: number, precision: Precision): Real =>
  precision === 'float64' ? new Float64Array(n) : new Float32Array(n)
