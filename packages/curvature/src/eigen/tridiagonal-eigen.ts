import { boolean, calling, options as optionsOf, refuse, type VectorLike, vector, vectorCopy } from '@opt/core'
import { rotationSpace, rotationsOf } from './householder.ts'
import { implicitQL } from './implicit-ql.ts'
import { ascending, columnsOf, eigenvalues } from './order.ts'
import type { Eigen, EigenOptions } from './symmetric-eigen.ts'

/**
 * Computes all eigenvalues, and eigenvectors, of a symmetric tridiagonal matrix by the implicit QL
 * method, in the direction that suits a graded matrix; the same bits in every engine.
 *
 * @param diagonal n entries.
 * @param offDiagonal the n - 1 entries beside the diagonal; an empty array for n = 1.
 * @throws TypeError or RangeError when the lengths do not fit, an entry is not finite, or an
 * eigenvalue is beyond the largest double.
 */
export function tridiagonalEigen(diagonal: VectorLike, offDiagonal: VectorLike, options?: EigenOptions): Eigen {
  return calling('tridiagonalEigen', () => {
    const { vectors = true } = optionsOf(options, 'options', ['vectors'])
    boolean(vectors, 'vectors')
    const d = vectorCopy(diagonal, 'diagonal')
    const n = d.length
    const e = new Float64Array(n)
    if (n > 1) e.set(vector(offDiagonal, 'offDiagonal', { length: n - 1 }))
    else if ((offDiagonal as ArrayLike<number> | undefined)?.length !== 0)
      refuse('offDiagonal', 'empty for one diagonal entry', 'something else')
    const space = rotationSpace(n, vectors)
    for (let i = 0; i < space.P.rows; i++) space.P.data[i * space.P.stride + i] = 1
    implicitQL(d, e, space, vectors ? rotationsOf(space) : undefined)
    const order = ascending(d)
    const values = eigenvalues(d, order, 1, 'diagonal, offDiagonal')
    return vectors ? { values, vectors: columnsOf(space.P, order) } : { values }
  })
}

/**
 * Computes the Gauss quadrature rule of a Jacobi matrix (Golub and Welsch 1969): nodes, ascending, and weights that add
 * up to 1; and the last components of the eigenvectors, of which the weights are the squared first ones.
 */
export function gaussRule(
  alpha: ArrayLike<number>,
  beta: ArrayLike<number>,
): { nodes: Float64Array; weights: Float64Array; last: Float64Array } {
  const nodes = Float64Array.from(alpha)
  const n = nodes.length
  const e = new Float64Array(n)
  for (let i = 0; i + 1 < n; i++) e[i] = beta[i]
  // The first and the last components of the eigenvectors are all that is needed of them.
  const head = new Float64Array(n)
  const tail = new Float64Array(n)
  head[0] = 1
  tail[n - 1] = 1
  const c = new Float64Array(n)
  const s = new Float64Array(n)
  implicitQL(nodes, e, { c, s }, (start, count, direction) => {
    for (let k = count - 1; k >= 0; k--) {
      const low = start + k * direction
      turn(head, low, low + direction, c[k], s[k])
      turn(tail, low, low + direction, c[k], s[k])
    }
  })
  const order = ascending(nodes)
  return {
    nodes: Float64Array.from(order, (i) => nodes[i]),
    weights: Float64Array.from(order, (i) => head[i] * head[i]),
    last: Float64Array.from(order, (i) => tail[i]),
  }
}

function turn(z: Float64Array, i: number, j: number, cosine: number, sine: number): void {
  const [x, h] = [z[i], z[j]]
  z[j] = sine * x + cosine * h
  z[i] = cosine * x - sine * h
}
