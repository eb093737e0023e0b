import { callback, calling, number, type VectorLike, vectorCopy } from '@opt/core'

/**
 * Computes a gradient by central differences, (f(x + h e_j) - f(x - h e_j)) / (2 h).
 *
 * @param x not changed.
 * @param h positive. Default 1e-5.
 * @throws TypeError or RangeError that names the wrong argument, or says where f is not finite.
 */
export function differenceGradient(f: (x: Float64Array) => number, x: VectorLike, h = 1e-5): Float64Array {
  return calling('differenceGradient', () => {
    callback(f, 'f')
    number(h, 'h', { positive: true })
    const at = vectorCopy(x, 'x')
    return at.map((v, j) => {
      const point = at.slice()
      point[j] = v + h
      const above = number(f(point.slice()), `f(x + h e_${j})`)
      point[j] = v - h
      return (above - number(f(point), `f(x - h e_${j})`)) / (2 * h)
    })
  })
}
