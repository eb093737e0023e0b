import { calling, type Matrix, type MatrixLike, matrix } from '@opt/core'
import ndarray from 'ndarray'
import { evaluate, type TrigSum } from '../sums/trig-sum.ts'
import { type Lift, sampleLift } from './sample.ts'

/** Functions that evaluate a sum with a lift. */
export function valuesAt(name: string, u: TrigSum, lift?: Lift) {
  const d = u.dimension
  const intake = (points: MatrixLike) => {
    const { data, shape } = matrix(points, 'points', { columns: d })
    const n = shape[0]
    const x = Array.from({ length: d }, (_, j) => Float64Array.from({ length: n }, (_, i) => data[i * d + j]))
    return { data, n, lifted: lift && sampleLift(lift, { n, x }) }
  }
  return {
    value: (points: MatrixLike): Float64Array =>
      calling(`${name}.value`, () => {
        const { data, n, lifted } = intake(points)
        const values = evaluate(u, data, n)
        return lifted ? values.map((value, i) => value + lifted.u[i]) : values
      }),
    gradient: (points: MatrixLike): Matrix =>
      calling(`${name}.gradient`, () => {
        const { data, n, lifted } = intake(points)
        const out = new Float64Array(n * d)
        for (let j = 0; j < d; j++) {
          const slopes = evaluate(u.derivative(j), data, n)
          for (let i = 0; i < n; i++) out[i * d + j] = slopes[i] + (lifted ? lifted.p[j][i] : 0)
        }
        return ndarray(out, [n, d])
      }),
  }
}
