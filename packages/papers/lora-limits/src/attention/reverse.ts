import { matrixView, transpose } from '@opt/core'
import { addColumns, backpropagateMonomials } from '../polynomial/features.ts'
import type { Block, PolynomialSpace, Rule } from './polynomial-gradients.ts'
import type { PolynomialTask } from './polynomial-task.ts'

/**
 * The exact gradient of the approximate head, backwards through its monomials: with M = w * Phi(K)' [V 1], N = Phi(Q) M
 * and O = N_V / N_1,
 *
 * dN = [G, -r] / N_1, dPhi(Q) = dN M', dM = w * Phi(Q)' dN, dPhi(K) = [V 1] dM', dV = Phi(K) dM_V.
 *
 * About k_1 (6 h_V + 12) multiplications and additions for each token. In F's gradient p' stands for p.
 */
export function reverseRule(
  { hv, V, features }: PolynomialTask,
  { kernels: { gemm }, M, dPhi, dz, work, answer }: PolynomialSpace,
): Rule {
  const columns = hv + 1
  const backward = ({ start, n, z, phi }: Block, into: Float64Array) => {
    const gradient = { ...dz, columns: n }
    dz.data.fill(0)
    backpropagateMonomials(features, n, z, phi, dPhi, gradient)
    addColumns(gradient, n, into, start)
  }
  const product = (A: typeof M, B: typeof M, n: number) => {
    dPhi.data.fill(0)
    gemm(1, A, transpose(B), { ...dPhi, columns: n }, work)
  }
  const keyRows: Rule['keyRows'] = ({ start, n }, { data }) => {
    for (let t = 0; t < n; t++) {
      for (let c = 0; c < hv; c++) data[t * columns + c] = V[(start + t) * hv + c]
      data[t * columns + hv] = 1
    }
  }
  return {
    keyColumns: columns,
    queryColumns: columns,
    keyRows,
    queryRows(block, N, G, r, Y) {
      for (let j = 0; j < block.n; j++) {
        const denominator = N.data[j * columns + hv]
        for (let c = 0; c < hv; c++) Y.data[j * columns + c] = G[j * hv + c] / denominator
        Y.data[j * columns + hv] = -r[j] / denominator
      }
      product(M, Y, block.n)
      backward(block, answer.dQ)
    },
    keyGradients(block, dM, Z) {
      const { start, n, phi } = block
      keyRows(block, Z)
      product(dM, Z, n)
      backward(block, answer.dK)
      const D = matrixView(Z.data.fill(0, 0, n * columns), n, columns)
      gemm(1, transpose(phi), dM, D, work)
      for (let t = 0; t < n; t++) for (let c = 0; c < hv; c++) answer.dV[(start + t) * hv + c] = D.data[t * columns + c]
    },
  }
}
