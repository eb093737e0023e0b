import { calling, type Matrix, type MatrixLike, matrix, number, options as optionsOf, refuse } from '@opt/core'
import ndarray from 'ndarray'

/**
 * Returns the matrix W = scale Wk' Wq of an attention head with the projections q = Wq z and k = Wk x, as PyTorch and
 * others store them, so that q'k scale = x'Wz.
 *
 * @param Wq dHead x e.
 * @param Wk dHead x d.
 * @param options `scale`: default 1 / sqrt(dHead).
 * @returns d x e.
 * @throws TypeError or RangeError that names the wrong argument.
 */
export function fromProjections(Wq: MatrixLike, Wk: MatrixLike, options?: { scale?: number | undefined }): Matrix {
  return calling('fromProjections', () => {
    const query = matrix(Wq, 'Wq')
    const [rank, e] = query.shape
    const key = matrix(Wk, 'Wk', { rows: rank })
    const d = key.shape[1]
    const { scale = 1 / Math.sqrt(rank) } = optionsOf(options, 'options', ['scale'])
    number(scale, 'scale')
    const W = new Float64Array(d * e)
    for (let r = 0; r < rank; r++)
      for (let i = 0; i < d; i++)
        for (let j = 0; j < e; j++) W[i * e + j] += key.data[r * d + i] * query.data[r * e + j]
    for (let k = 0; k < W.length; k++) {
      W[k] *= scale
      if (!Number.isFinite(W[k])) refuse('Wk', "of sizes at which Wk'Wq is finite", `an entry of ${W[k]}`)
    }
    return ndarray(W, [d, e])
  })
}
