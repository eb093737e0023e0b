import { calling, cos, type MatrixLike, matrix, sin } from '@opt/core'
import ndarray, { type NdArray } from 'ndarray'
import type { TestProblem } from './test-problems.ts'

/**
 * Makes the orthogonal distance fit of a circle: for points (p_i, q_i) with corrected points (u_i, v_i), centre (a, b)
 * and radius r,
 *
 * min sum (u_i - p_i)^2 + (v_i - q_i)^2 subject to (u_i - a)^2 + (v_i - b)^2 = r^2.
 *
 * x = (u_1 ... u_k, v_1 ... v_k, a, b, r), which starts at the points and the unit circle.
 *
 * @param points k x 2.
 * @throws TypeError or RangeError when they are no finite k x 2 matrix.
 */
export function circleFit(points: MatrixLike): Omit<TestProblem, 'name'> {
  return calling('circleFit', () => {
    const { data, shape } = matrix(points, 'points', { columns: 2 })
    const m = shape[0]
    const n = 2 * m + 3
    const start = new Float64Array(n)
    for (let i = 0; i < m; i++) {
      start[i] = data[2 * i]
      start[m + i] = data[2 * i + 1]
    }
    start[n - 1] = 1
    const wanted = start.slice(0, 2 * m)
    const offsets = (x: Float64Array, i: number) => [x[i] - x[2 * m], x[m + i] - x[2 * m + 1], x[n - 1]]
    return {
      n,
      m,
      start,
      optimum: null,
      f: (x) => wanted.reduce((sum, value, i) => sum + (x[i] - value) * (x[i] - value), 0),
      gradient: (x) => x.map((entry, i) => (i < 2 * m ? 2 * (entry - wanted[i]) : 0)),
      constraints: (x) =>
        Float64Array.from({ length: m }, (_, i) => {
          const [du, dv, r] = offsets(x, i)
          return du * du + dv * dv - r * r
        }),
      jacobian(x) {
        const G = new Float64Array(m * n)
        for (let i = 0; i < m; i++) {
          const [du, dv, r] = offsets(x, i)
          const row = G.subarray(i * n, (i + 1) * n)
          row[i] = 2 * du
          row[m + i] = 2 * dv
          row.set([-2 * du, -2 * dv, -2 * r], 2 * m)
        }
        return ndarray(G, [m, n])
      },
      hessianLagrangian(_, multipliers): NdArray<Float64Array> {
        const H = new Float64Array(n * n)
        const set = (i: number, j: number, value: number) => {
          H[i * n + j] += value
          if (i !== j) H[j * n + i] += value
        }
        for (let i = 0; i < m; i++) {
          const curvature = 2 * multipliers[i]
          for (const [at, centre] of [
            [i, 2 * m],
            [m + i, 2 * m + 1],
          ]) {
            set(at, at, 2 + curvature)
            set(at, centre, -curvature)
            set(centre, centre, curvature)
          }
          set(n - 1, n - 1, -curvature)
        }
        return ndarray(H, [n, n])
      },
    }
  })
}

/** Points near a circle of radius 2 about (1, -1/2), with a fixed perturbation. */
export function circlePoints(count: number): number[][] {
  return Array.from({ length: count }, (_, i) => {
    const angle = (2 * Math.PI * i) / count
    return [2 * cos(angle) + 1 + 0.2 * sin(7 * i), 2 * sin(angle) - 0.5 + 0.2 * cos(5 * i)]
  })
}
