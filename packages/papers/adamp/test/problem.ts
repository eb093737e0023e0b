import { golden } from '@opt/testing'
import ndarray, { type NdArray } from 'ndarray'

export interface GoldenCase {
  name: string
  optimizer: 'AdamP' | 'SGDP'
  options: Record<string, number | boolean | number[]>
  losses: number[]
  trajectory: { step: number; params: Record<string, unknown[]> }[]
  finalState: Record<string, Record<string, number | unknown[]>>
  /** For each step: c(hannel), l(ayer), - (none). */
  branch: Record<string, string>
  officialCode?: { losses: number[]; trajectory: { step: number; params: Record<string, unknown[]> }[] }
}

type Nested = unknown[]

interface Golden {
  problem: { initial: Record<string, Nested>; U0: Nested; SW: number[][]; SV: number[][]; SK: number[][] }
  cases: GoldenCase[]
}

const { problem, cases } = golden<Golden>(import.meta.url, 'adamp.json')

export { cases }

export const flat = (nested: unknown): number[] => [nested].flat(9) as number[]
const shapeOf = (nested: unknown): number[] => (Array.isArray(nested) ? [nested.length, ...shapeOf(nested[0])] : [])

export type Weights = Record<string, NdArray<Float64Array>>

export const start = (): Weights =>
  Object.fromEntries(
    Object.entries(problem.initial).map(([name, values]) => [
      name,
      ndarray(Float64Array.from(flat(values)), shapeOf(values)),
    ]),
  )

/** w.Sw / w.w, which no scaling of w changes, and its gradient. */
function ray(w: Float64Array, S: number[][], gradient: Float64Array): number {
  const Sw = S.map((row) => row.reduce((sum, s, j) => sum + s * w[j], 0))
  const square = w.reduce((sum, v) => sum + v * v, 0)
  const value = w.reduce((sum, v, i) => sum + v * Sw[i], 0) / square
  for (let i = 0; i < w.length; i++) gradient[i] = (2 * (Sw[i] - value * w[i])) / square
  return value
}

/** The function of golden/adamp.json: W and K are scale-invariant row by row, V as a whole, U and b are not. */
export function evaluate({ W, V, K, U, b }: Weights): { value: number; gradient: Weights } {
  const gradient = Object.fromEntries(
    Object.entries({ W, V, K, U, b }).map(([name, { data, shape }]) => [
      name,
      ndarray(new Float64Array(data.length), shape.slice()),
    ]),
  ) as Weights
  let value = ray(V.data, problem.SV, gradient.V.data)
  const rows: [NdArray<Float64Array>, NdArray<Float64Array>, number[][]][] = [
    [W, gradient.W, problem.SW],
    [K, gradient.K, problem.SK],
  ]
  for (const [at, g, S] of rows)
    for (let i = 0, n = S.length; i < at.data.length; i += n)
      value += ray(at.data.subarray(i, i + n), S, g.data.subarray(i, i + n))
  const centre = flat(problem.U0)
  U.data.forEach((u, i) => {
    value += 0.5 * (u - centre[i]) ** 2 + 0.25 * u ** 4
    gradient.U.data[i] = u - centre[i] + u ** 3
  })
  b.data.forEach((v, i) => {
    value += Math.sqrt(1 + v * v)
    gradient.b.data[i] = v / Math.sqrt(1 + v * v)
  })
  return { value, gradient }
}
