import { calling, cos, number, sin } from '@opt/core'
import ndarray from 'ndarray'
import type { TestProblem } from './test-problems.ts'

/**
 * Makes the PDE-constrained problem of the paper on a grid of q x q points, h = 2 / (q + 1): the state w should be near
 * W, and the control z small,
 *
 * min |w - W|^2 / 2 + 0.05 |z|^2 subject to (5-point Laplacian of w) / h^2 + z = 0, with w = 0 outside.
 *
 * x = (w, z), row by row, 2 q^2 numbers, all 1 at the start. The paper's size is q = 3.
 *
 * @param q from 1 to 60.
 * @throws TypeError or RangeError when q is no such integer.
 */
export function pdeControl(q: number): Omit<TestProblem, 'name'> {
  return calling('pdeControl', () => {
    number(q, 'q', { integer: true, min: 1, max: 60 })
    const m = q * q
    const n = 2 * m
    const scale = ((q + 1) / 2) * ((q + 1) / 2)
    const step = 0.1 / Math.sqrt(15)
    const W = Float64Array.from({ length: m }, (_, k) => {
      const [i, j] = [Math.floor(k / q) + 1, (k % q) + 1]
      return sin(4 + step * (i - (q + 1) / 2)) + cos(3 + step * (j - (q + 1) / 2))
    })
    const G = new Float64Array(m * n)
    for (let i = 0; i < q; i++)
      for (let j = 0; j < q; j++) {
        const row = (i * q + j) * n
        G[row + i * q + j] = -4 * scale
        if (i > 0) G[row + (i - 1) * q + j] = scale
        if (i < q - 1) G[row + (i + 1) * q + j] = scale
        if (j > 0) G[row + i * q + j - 1] = scale
        if (j < q - 1) G[row + i * q + j + 1] = scale
        G[row + m + i * q + j] = 1
      }
    const H = new Float64Array(n * n)
    for (let k = 0; k < n; k++) H[k * n + k] = k < m ? 1 : 0.1
    return {
      n,
      m,
      start: new Float64Array(n).fill(1),
      optimum: null,
      f(x) {
        let sum = 0
        for (let k = 0; k < n; k++) {
          const distance = k < m ? x[k] - W[k] : x[k]
          sum += distance * distance * (k < m ? 0.5 : 0.05)
        }
        return sum
      },
      gradient: (x) => x.map((value, k) => (k < m ? value - W[k] : 0.1 * value)),
      constraints: (x) =>
        Float64Array.from({ length: m }, (_, i) => {
          let sum = 0
          for (let k = 0; k < n; k++) sum += G[i * n + k] * x[k]
          return sum
        }),
      jacobian: () => ndarray(G.slice(), [m, n]),
      hessianLagrangian: () => ndarray(H.slice(), [n, n]),
    }
  })
}
