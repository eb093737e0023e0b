import { transpose } from '@opt/core'
import type { PolynomialSpace, Rule } from './polynomial-gradients.ts'
import type { PolynomialTask } from './polynomial-task.ts'

/**
 * The paper's method: the exact formula with F~ = U T' for F, U = Phi(Q) w / D~, T = Phi(K), where products of columns
 * of G and V with keys and queries (the row-wise Kronecker product) take the place of the L x L matrix G V':
 *
 * dQ = beta (sum_c G_c * (F~ (V_c * K)) - r * (F~ K)), dK = beta (sum_c V_c * (F~' (G_c * Q)) - F~' (r * Q)), dV = F~' G.
 *
 * About 4 k_1 (h h_V + h + h_V) multiplications and additions for each token.
 */
export function chainedRule(
  { h, hv, beta, Q, V, centred }: PolynomialTask,
  { kernels: { gemm }, work, answer }: PolynomialSpace,
): Rule {
  const keyColumns = hv + 1 + h + h * hv
  const queryColumns = keyColumns - 1
  return {
    keyColumns,
    queryColumns,
    keyRows({ start, n }, { data }) {
      for (let t = 0, at = 0; t < n; t++) {
        const [k, v] = [(start + t) * h, (start + t) * hv]
        for (let c = 0; c < hv; c++) data[at++] = V[v + c]
        data[at++] = 1
        for (let i = 0; i < h; i++) data[at++] = centred[k + i]
        for (let c = 0; c < hv; c++) for (let i = 0; i < h; i++) data[at++] = V[v + c] * centred[k + i]
      }
    },
    queryRows({ start, n }, N, G, r, Y) {
      for (let j = 0, at = 0; j < n; j++) {
        const [q, g, sums] = [(start + j) * h, j * hv, j * keyColumns]
        const denominator = N.data[sums + hv]
        const keySum = sums + hv + 1
        for (let c = 0; c < hv; c++) Y.data[at++] = G[g + c] / denominator
        for (let i = 0; i < h; i++) Y.data[at++] = (r[j] * Q[q + i]) / denominator
        for (let c = 0; c < hv; c++) for (let i = 0; i < h; i++) Y.data[at++] = (G[g + c] * Q[q + i]) / denominator
        for (let i = 0; i < h; i++) {
          let sum = -r[j] * N.data[keySum + i]
          for (let c = 0; c < hv; c++) sum += G[g + c] * N.data[keySum + h + c * h + i]
          answer.dQ[q + i] = (beta * sum) / denominator
        }
      }
    },
    keyGradients({ start, n, phi }, dM, Z) {
      const T = { data: Z.data.fill(0, 0, n * queryColumns), rows: n, columns: queryColumns, stride: queryColumns }
      gemm(1, transpose(phi), dM, T, work)
      for (let t = 0; t < n; t++) {
        const [k, v, sums] = [(start + t) * h, (start + t) * hv, t * queryColumns]
        for (let c = 0; c < hv; c++) answer.dV[v + c] = T.data[sums + c]
        for (let i = 0; i < h; i++) {
          let sum = -T.data[sums + hv + i]
          for (let c = 0; c < hv; c++) sum += V[v + c] * T.data[sums + hv + h + c * h + i]
          answer.dK[k + i] = beta * sum
        }
      }
    },
  }
}
